import GradusJSON
import GradusUpdates

/// The values of a job's parameters.
enum JobArguments {
  /// - Parameters:
  ///   - job: the job.
  ///   - takesBooleans: whether a truth value will do for a whole number, as in the original.
  ///   - body: what was sent.
  /// - Throws: `AdminFailure` in the original's words.
  static func values(
    of job: AdminJob, takesBooleans: Bool, _ body: RequestBody
  ) throws -> [String: AdminJobValue] {
    var values: [String: AdminJobValue] = [:]
    for parameter in job.parameters {
      let sent = body[parameter.name] ?? .null
      guard let value = argument(of: parameter, takesBooleans: takesBooleans, sent) else {
        let type = parameter.type == .string ? "a string" : "an integer"
        throw AdminFailure.wrong("'\(parameter.name)' must be \(type)")
      }
      values[parameter.name] = value
    }
    return values
  }

  /// Nil where the value is of another type.
  private static func argument(
    of parameter: AdminJobParameter, takesBooleans: Bool, _ value: JSONValue
  ) -> AdminJobValue? {
    switch (parameter.type, value) {
    case (_, .null): parameter.isNullable ? AdminJobValue.null : nil
    // U+0000 is valid JSON, but no database's text.
    case (.string, .string(let text)) where !text.bytes.contains(0): text.string.map(AdminJobValue.string)
    case (.integer, .number(let number)): number.integer.map(AdminJobValue.integer)
    case (.integer, .boolean(let boolean)) where takesBooleans: AdminJobValue.boolean(boolean)
    default: nil
    }
  }
}
