import GradusUpdates

/// The values of a job's parameters.
enum JobArguments {
  /// - Parameters:
  ///   - job: the job.
  ///   - takesBooleans: whether a truth value will do for a whole number, as in the original.
  ///   - value: what was sent for a name.
  /// - Throws: `AdminFailure` in the original's words.
  static func values(
    of job: AdminJob, takesBooleans: Bool, _ value: (String) -> JSONValue?
  ) throws -> [String: AdminJobValue] {
    var values: [String: AdminJobValue] = [:]
    for parameter in job.parameters {
      switch (parameter.type, value(parameter.name) ?? .null) {
      case (_, .null) where parameter.isNullable: values[parameter.name] = .null
      // U+0000 is valid JSON, but no database's text.
      case (.string, .string(let text)) where !text.unicodeScalars.contains("\0"):
        values[parameter.name] = .string(text)
      case (.integer, .integer(let integer)): values[parameter.name] = .integer(integer)
      case (.integer, .boolean(let boolean)) where takesBooleans: values[parameter.name] = .boolean(boolean)
      case (.string, _): throw AdminFailure.wrong("'\(parameter.name)' must be a string")
      case (.integer, _): throw AdminFailure.wrong("'\(parameter.name)' must be an integer")
      }
    }
    return values
  }
}
