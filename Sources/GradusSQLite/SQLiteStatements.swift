package import GradusSQL

/// Takes a script apart without running it.
package enum SQLiteStatements {
  /// A statement of a script.
  package struct Statement: Sendable {
    /// Its text, from its first word to its semicolon.
    package var text: String
    /// Where in the script it starts.
    package var position: SourcePosition
  }

  /// The statements, a trigger's body being part of its statement.
  ///
  /// - Parameter script: the SQL.
  package static func split(_ script: String) -> [Statement] {
    let bytes = Array(script.utf8)
    var statements: [Statement] = []
    var offset = 0
    // Counted on from statement to statement: from the beginning each time would be the square of their number.
    var (position, counted) = (SourcePosition(line: 1, column: 1), 0)
    while offset < bytes.count {
      let start = SQLiteText.firstToken(bytes, from: offset)
      let end = SQLiteText.endOfStatement(bytes, from: start)
      let statement = Array(bytes[start..<end])
      if !SQLiteText.isBlank(statement) {
        position.advance(over: String(decoding: bytes[counted..<start], as: UTF8.self).unicodeScalars)
        counted = start
        statements.append(
          Statement(
            text: String(decoding: statement, as: UTF8.self),
            position: position))
      }
      offset = end
    }
    return statements
  }
}
