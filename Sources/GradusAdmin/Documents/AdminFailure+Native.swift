/// Answers of Gradus's own routes.
extension AdminFailure {
  static func invalid(_ message: String) -> AdminFailure { AdminFailure(400, "M_INVALID_PARAM", message) }
  static func missing(_ name: String) -> AdminFailure {
    AdminFailure(400, "M_MISSING_PARAM", "'\(name)' is missing")
  }
  static func noSuch(_ message: String) -> AdminFailure { AdminFailure(404, "M_NOT_FOUND", message) }
  static func forbidden(_ message: String) -> AdminFailure { AdminFailure(403, "M_FORBIDDEN", message) }

  /// The way to a database is closed for now.
  static func unavailable(_ message: String, retryAfter seconds: Int = 1) -> AdminFailure {
    AdminFailure(503, "M_UNKNOWN", message, headers: [("Retry-After", "\(seconds)")])
  }
}
