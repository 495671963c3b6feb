import GradusSQL
import GradusSQLite

/// What SQLite's statements do to others: it has one lock for the whole database, which a writer holds.
enum SQLiteEffects {
  static func effects(of script: String) -> [StatementEffect] {
    SQLiteStatements.split(script).map { statement in
      let words = statement.text.split(whereSeparator: \.isWhitespace).prefix(8).map { $0.uppercased() }
      let scans =
        ["UPDATE", "DELETE", "REINDEX", "VACUUM", "ANALYZE"].contains(words.first) || words.contains("INDEX")
        || (words.first == "INSERT" && statement.text.uppercased().contains("SELECT"))
      return StatementEffect(
        statement: statement.text, position: statement.position,
        locks: [.init(nil, "RESERVED", blocks: "writers of the database; readers go on")], scans: scans)
    }
  }
}
