import GradusSQL

/// What stands in scripts beside SQL, for other programs than the engine.
enum ForeignText {
  /// What to do about the text that the engine cannot parse.
  ///
  /// - Parameters:
  ///   - error: the engine's error.
  ///   - script: the script.
  /// - Returns: what to do, as an imperative; nil where it is none that is known.
  static func advice(_ error: SQLError, in script: String) -> String? {
    guard error.code == .syntax, let position = error.position else { return nil }
    if let line = MergeMark.line(in: script) { return "resolve the merge whose mark is line \(line)," }
    // PostgreSQL takes the statement, and stumbles over the rows behind it.
    if script.sourceLines.prefix(position.line).contains(where: copiesFromClient) {
      return "write the rows that COPY takes from a client as INSERT (pg_dump --inserts)"
    }
    let word = (error.statement ?? "").prefix { !$0.isWhitespace }
    if word.hasPrefix("\\") { return "leave out '\(word)', which is a command of psql and no SQL," }
    if word.hasPrefix("."), word.dropFirst().first?.isLetter == true {
      return "leave out '\(word)', which is a command of SQLite's shell and no SQL,"
    }
    return nil
  }

  private static func copiesFromClient(_ line: Substring) -> Bool {
    let words = line.lowercased().split(whereSeparator: { $0.isWhitespace || $0 == ";" })
    guard words.first == "copy", let from = words.lastIndex(of: "from") else { return false }
    return words.dropFirst(from + 1).first == "stdin"
  }
}
