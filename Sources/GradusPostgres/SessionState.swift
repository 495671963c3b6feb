import Foundation

/// Finds statements that leave something in the session behind their transaction. Functions that do so by themselves are
/// not looked into.
enum SessionState {
  /// - Parameters:
  ///   - words: the statement's first two words in lower case.
  ///   - statement: the statement, which only some words ask for.
  static func isChanged(by words: [String], _ statement: @autoclosure () -> String) -> Bool {
    switch (words.first, words.dropFirst().first) {
    case ("set", "local"), ("set", "transaction"), ("set", "constraints"): false
    case ("set", _), ("reset", _), ("discard", _), ("load", _), ("prepare", _), ("execute", _),
      ("listen", _), ("unlisten", _):
      true
    case ("create", "temp"), ("create", "temporary"), ("create", "local"):
      !holds(#"\bon\s+commit\s+drop\b"#, statement())
    case ("select", _), ("do", _), ("with", _):
      holds(#"\bpg_(try_)?advisory_(un)?lock(_shared)?\s*\("#, statement())
        || holds(#"\bset_config\s*\([^()]*,\s*(false|'f(alse)?')\s*\)"#, statement())
    default: false
    }
  }

  private static func holds(_ pattern: String, _ statement: String) -> Bool {
    statement.range(of: pattern, options: [.regularExpression, .caseInsensitive]) != nil
  }
}
