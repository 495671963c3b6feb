import GradusSQL

/// The tables that a statement of PostgreSQL's wrote anew, even where they are empty: each has got another file.
struct RewrittenTables: Sendable, Hashable {
  /// Those whose rows were written anew.
  var rows: Set<String> = []
  /// Those of which an index was made anew, under its name.
  var indexes: Set<String> = []

  init() {}

  /// - Parameters:
  ///   - old: the files before a statement.
  ///   - new: the files after it.
  init(from old: TableFiles, to new: TableFiles) {
    for (id, file) in old.tables {
      if let other = new.tables[id], other.number != file.number { rows.insert(file.table) }
    }
    for (name, file) in old.indexes {
      if let other = new.indexes[name], other.number != file.number { indexes.insert(file.table) }
    }
  }
}

/// The files in which PostgreSQL keeps tables and indexes.
struct TableFiles {
  struct File {
    var table: String
    var number: Int64
  }

  /// By the tables' numbers, which outlive their names.
  var tables: [Int64: File] = [:]
  /// By name: a change of a column's type drops an index and makes it again.
  var indexes: [String: File] = [:]

  /// None on SQLite.
  init(_ connection: Connection) throws {
    guard connection.engine == .postgres else { return }
    try connection.forEachRow(
      """
      SELECT c.oid::bigint, c.relname::text, t.relname::text, pg_relation_filenode(c.oid)::bigint
      FROM pg_class c
      LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
      WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'i')
      """
    ) { row in
      let (name, number) = (try row.text(1), try row.integer(3))
      if let table = row[2].text {
        indexes[name] = File(table: table, number: number)
      } else {
        tables[try row.integer(0)] = File(table: name, number: number)
      }
    }
  }
}
