/// The tables of PostgreSQL's that a crash of the server or a failover empties, by the texts of a full schema and of the
/// deltas upon it.
struct UnloggedTables {
  /// The files that make them so, by the tables' names in lower case.
  private(set) var files: [String: String] = [:]

  /// - Parameter texts: the files, in the order in which they run.
  init(_ texts: [DeltaText]) {
    let texts = texts.filter { $0.engines.contains(.postgres) }
    guard texts.contains(where: { Self.areNamed(in: $0.text) }) else { return }
    for text in texts {
      for statement in text.statements { note(statement.text, of: text.file.path) }
    }
  }

  /// Whether a file may make such tables.
  static func areNamed(in text: String) -> Bool { text.contains(#/(?i)\bunlogged\b/#) }

  private mutating func note(_ statement: String, of file: String) {
    let words = SQLWords(statement)
    if words.has("create", "unlogged", "table", at: 0) {
      files[words.name(at: words.skip(["if", "not", "exists"], from: 3)).name] = file
      return
    }
    if words.has("alter", "table", at: 0) {
      let table = words.name(at: words.skip(["if", "exists"], ["only"], from: 2)).name
      for index in 0..<words.count {
        if words.has("set", "unlogged", at: index) { files[table] = file }
        if words.has("set", "logged", at: index) { files[table] = nil }
      }
    }
    var old: String?
    for case .tableGoes(let table) in SchemaDemand.all(in: statement) {
      old = files.removeValue(forKey: table)
    }
    if let made = SchemaDemand.tableMade(by: statement) { files[made] = old }
  }
}
