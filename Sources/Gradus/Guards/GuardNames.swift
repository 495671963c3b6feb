import GradusSQL

/// How triggers name what they read and write.
///
/// On PostgreSQL a function of a trigger has to find the same tables whoever writes, whatever that writer's search path:
/// those that the connection found which made it.
struct GuardNames {
  /// The schemas in which the function looks for what a condition of the ledger names.
  private(set) var path: [String] = []
  private var schemas: [String: String] = [:]
  private var related: Set<String> = []
  private var inherited: Set<String> = []

  /// As far as names are known without a database.
  static let unqualified = GuardNames()

  private init() {}

  /// - Parameters:
  ///   - tables: the tables that triggers name.
  ///   - connection: of the database.
  init(of tables: Set<String>, on connection: Connection) throws {
    guard connection.engine == .postgres else { return }
    let names = Array(tables.union(["background_updates", "gradus_stale_marks"])).sorted()
    let rows = try connection.query(
      """
      SELECT t.name, n.nspname::text,
        c.relkind = 'p' OR EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid),
        c.relkind <> 'p' AND EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhparent = c.oid)
      FROM unnest($1::text[]) AS t (name)
      JOIN pg_class c ON c.oid = to_regclass(quote_ident(t.name)) JOIN pg_namespace n ON n.oid = c.relnamespace
      """, [.textArray(names)])
    for row in rows {
      let name = try row.text(0)
      schemas[name] = try row.text(1)
      if try row.boolean(2) { related.insert(name) }
      if try row.boolean(3) { inherited.insert(name) }
    }
    // Without those of the server itself, and without temporary tables: these are another one's in each session. By its name
    // the server's statistics tell that it is Gradus's own.
    path = try connection.query(
      """
      SELECT name::text FROM unnest(current_schemas(false)) WITH ORDINALITY AS gradus_schemas (name, place)
      WHERE name::text NOT LIKE 'pg\\_%' ORDER BY place
      """
    ).map { try $0.text(0) }
  }

  /// Where a function looks for names, as its `SET search_path` says it: whoever writes may have another search path. The
  /// server's own names come first, and nobody's temporary tables before any.
  var searchPath: String {
    (["pg_catalog"] + path.map(SQLText.identifier) + ["pg_temp"]).joined(separator: ", ")
  }

  /// A table's name with its schema, where there is one.
  func qualified(_ table: String) -> String { prefix(table) + SQLText.identifier(table) }

  /// A table's schema with its dot, where there is one.
  func prefix(_ table: String) -> String { schemas[table].map { SQLText.identifier($0) + "." } ?? "" }

  /// Whether statements for other tables may write a table's rows: for its partitions, for the table that it is a partition
  /// of, or that it inherits from. They fire the rows' triggers, and none of the statement.
  func isWrittenByOthers(_ table: String) -> Bool { related.contains(table) }

  /// Whether others inherit from a table and are no partitions of it: no trigger of it tells what is written to them.
  func isInherited(_ table: String) -> Bool { inherited.contains(table) }
}
