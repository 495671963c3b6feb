extension UpdateWork {
  /// Reads a saved progress.
  ///
  /// - Throws: `UpdateFailure.unreadableProgress`.
  func decode<Progress: UpdateProgress>(_ json: String) throws -> Progress {
    do { return try Progress(json: json) } catch { throw UpdateFailure.unreadable(name, error) }
  }
}

extension UpdateFailure {
  /// A saved progress that cannot be read, in words for an operator.
  fileprivate static func unreadable(_ update: String, _ error: any Error) -> UpdateFailure {
    let reason =
      switch error {
      case DecodingError.dataCorrupted(let context):
        context.codingPath.isEmpty ? "it is not valid JSON" : "\(place(context)) holds what cannot be read"
      case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
      case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
        context.codingPath.isEmpty ? "it is not a JSON object" : "\(place(context)) is of the wrong type"
      default: "\(error)"
      }
    return .unreadableProgress(update: update, reason: reason)
  }

  private static func place(_ context: DecodingError.Context) -> String {
    "'\(context.codingPath.first?.stringValue ?? "")'"
  }
}
