import ArgumentParser
import GradusUpdates
import Gradus

/// The values of a job's parameters from the words of a command line.
enum JobValues {
  /// - Parameters:
  ///   - words: `--name value` or `--name=value`; a hyphen will do for an underscore of the name.
  ///   - job: the job.
  /// - Returns: the values of all parameters; null for those that were left out.
  /// - Throws: `ValidationError`.
  static func parse(_ words: [String], of job: AdminJob) throws -> [String: AdminJobValue] {
    var values: [String: AdminJobValue] = [:]
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--"), word.count > 2 else {
        throw ValidationError("'\(word)' is not a parameter; parameters are given as --NAME VALUE")
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let parameter = try find(String(parts[0]), of: job)
      guard let text = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
        throw ValidationError("--\(parameter.name) needs a value")
      }
      guard values[parameter.name] == nil else { throw ValidationError("--\(parameter.name) is given twice") }
      guard let value = parameter.value(parsing: text) else {
        throw ValidationError(
          parameter.type == .integer
            ? "--\(parameter.name) must be a whole number" : "--\(parameter.name) must not hold U+0000")
      }
      values[parameter.name] = value
    }
    for parameter in job.parameters where values[parameter.name] == nil {
      guard parameter.isNullable else { throw ValidationError("'\(job.name)' needs --\(parameter.name)") }
      values[parameter.name] = .null
    }
    return values
  }

  private static func find(_ name: String, of job: AdminJob) throws -> AdminJobParameter {
    func plain(_ name: String) -> String { name.replacing("-", with: "_") }
    if let parameter = job.parameters.first(where: { plain($0.name) == plain(name) }) { return parameter }
    let nearest = NearestName.of(plain(name), among: job.parameters.map(\.name))
    throw ValidationError(
      "'\(job.name)' takes no --\(name)"
        + (nearest.map { "; did you mean '--\($0)'?" }
          ?? (job.parameters.isEmpty
            ? "; it takes no parameters"
            : "; it takes " + job.parameters.map { "--\($0.name)" }.joined(separator: ", ")))
    )
  }
}
