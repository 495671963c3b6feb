/// A statement of a script.
struct ScriptStatement: Equatable {
  /// Its first to its last byte in the script's UTF-8, with the semicolon.
  var range: Range<Int>
  /// Its first two words in lower case, fewer where something else comes before.
  var words: [String]

  /// Whether the statement starts or ends a transaction or a part of one.
  var isTransactionControl: Bool {
    switch words.first {
    case "begin", "commit", "end", "rollback", "abort", "savepoint", "release": true
    case "start", "prepare": words.dropFirst().first == "transaction"
    default: false
    }
  }
}
