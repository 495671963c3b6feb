/// The answers of the original API, word for word.
extension AdminFailure {
  static let missingToken = AdminFailure(
    401, "M_MISSING_TOKEN", "Missing access token", headers: [("WWW-Authenticate", "Bearer")])
  static let unknownToken = AdminFailure(
    401, "M_UNKNOWN_TOKEN", "Invalid access token passed.", details: [("soft_logout", .boolean(false))],
    headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")])
  static let noAdmin = AdminFailure(403, "M_FORBIDDEN", "You are not a server admin")
  static let notFound = AdminFailure(404, "M_UNRECOGNIZED", "Unrecognized request")
  static let notJSON = AdminFailure(400, "M_NOT_JSON", "Content not JSON.")
  static let noObject = AdminFailure(400, "M_BAD_JSON", "Content must be a JSON object.")
  static let tooLarge = AdminFailure(413, "M_TOO_LARGE", "Request content is too large")

  static func wrongMethod(allowed: [String]) -> AdminFailure {
    AdminFailure(
      405, "M_UNRECOGNIZED", "Unrecognized request", headers: [("Allow", allowed.joined(separator: ", "))])
  }

  /// A wrong value, as the original says it.
  static func wrong(_ message: String) -> AdminFailure { AdminFailure(400, "M_UNKNOWN", message) }

  static func limited(retryAfterMs: Int) -> AdminFailure {
    AdminFailure(
      429, "M_LIMIT_EXCEEDED", "Too Many Requests", details: [("retry_after_ms", .integer(retryAfterMs))],
      headers: [("Retry-After", "\((retryAfterMs + 999) / 1000)")])
  }
}
