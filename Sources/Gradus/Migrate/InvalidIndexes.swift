import GradusSQL

/// Indexes that a `CREATE INDEX CONCURRENTLY` which failed has left behind on PostgreSQL: every write keeps them, and no
/// query uses them.
///
/// A script that is run again passes over them by its IF NOT EXISTS, and would be recorded as done.
enum InvalidIndexes {
  /// Refuses those that a script names.
  ///
  /// - Parameter connection: with the search path that the script began with.
  /// - Throws: `GradusError`.
  static func refuse(namedIn script: DeltaScript, of file: SchemaFile, on connection: Connection) throws {
    guard connection.engine == .postgres else { return }
    // Of a table with partitions an index is not valid until each of them has its own.
    let invalid = try connection.query(
      """
      SELECT c.relname::text, n.nspname::text, pg_table_is_visible(c.oid), c.oid::regclass::text FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 4
      """)
    guard !invalid.isEmpty else { return }
    let names = names(in: script.sql)
    for row in invalid where names.contains(try row.text(0)) {
      // Another application's may have the same name.
      let isOurs = try row.boolean(2) || names.contains(row.text(1))
      guard isOurs else { continue }
      let index = try row.text(3)
      throw GradusError(
        .deltaFailed,
        "the index \(index) is there, but not valid: an earlier CREATE INDEX CONCURRENTLY of it failed, and IF NOT EXISTS passes over what that left",
        file: file.path, hint: "DROP INDEX \(index), and run again: the delta is not recorded")
    }
  }

  /// PostgreSQL cuts names at 63 bytes.
  private static let limit = 63

  /// The names and other words of a script, as PostgreSQL takes them.
  private static func names(in sql: String) -> Set<String> {
    let bytes = Array(sql.utf8)
    var names: Set<String> = []
    for token in SQLPieces(bytes) where !token.isGap {
      var name = bytes[token.range]
      if name.first == UInt8(ascii: "\"") {
        name = name.dropFirst().dropLast()
      } else {
        for place in name.indices where (0x41...0x5A).contains(name[place]) { name[place] |= 0x20 }
      }
      names.insert(String(decoding: name.prefix(limit), as: UTF8.self))
    }
    return names
  }
}
