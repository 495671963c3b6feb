import Gradus
import GradusSQL

/// A declared index. On PostgreSQL it is built concurrently, outside a transaction, which a crash leaves half-built
/// and invalid: such an index is recognised, dropped and built anew.
struct IndexWork: UpdateWork {
  let name: String
  let index: UpdateDeclaration.Index

  // Also on SQLite, where CREATE INDEX is atomic by itself.
  var isOutsideTransaction: Bool { true }
  var isOneShot: Bool { true }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    switch connection.engine {
    case .sqlite: try buildOnSQLite(connection)
    case .postgres:
      // What it waits for locks out neither reads nor writes: that older transactions end, which a limit would answer by
      // leaving all that was built invalid, and the next try begins anew.
      try IndexLock.holding(name, on: connection) {
        try connection.withoutLimits(["statement_timeout", "lock_timeout"]) {
          try buildOnPostgres(connection)
        }
      }
    }
    return BatchResult(next: nil, scanned: 1, written: 1)
  }

  private func buildOnSQLite(_ connection: Connection) throws {
    try ExistingIndex.read(index, on: connection)?.check(index, update: name)
    try connection.execute(create("IF NOT EXISTS"))
    if let old = index.replaces { try connection.execute("DROP INDEX IF EXISTS \(SQLText.identifier(old))") }
  }

  private func buildOnPostgres(_ connection: Connection) throws {
    let existing = try ExistingIndex.read(index, on: connection)
    // Also an invalid one: that of another table is not for us to drop.
    try existing?.check(index, update: name)
    let isValid = existing?.isValid
    if isValid == false { try dropOnPostgres(index.name, connection) }
    if isValid != true { try connection.execute(create("CONCURRENTLY")) }
    if let old = index.replaces { try dropOnPostgres(old, connection) }
  }

  /// Drops an index of the table's schema. By its name alone it could be another application's, in a schema that comes later
  /// in the search path.
  private func dropOnPostgres(_ name: String, _ connection: Connection) throws {
    let place = try connection.queryRow(
      "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = to_regclass($1)",
      [.text(SQLText.identifier(index.table))])
    guard let schema = place?[0].text else { return }
    try connection.execute("DROP INDEX CONCURRENTLY IF EXISTS \(schema).\(SQLText.identifier(name))")
  }

  private func create(_ modifier: String) -> String {
    // A comment at a column's end is not to hide what comes after it.
    let columns = index.columns.map { $0.contains("--") ? $0 + "\n" : $0 }.joined(separator: ", ")
    return """
      CREATE \(index.isUnique ? "UNIQUE " : "")INDEX \(modifier) \(SQLText.identifier(index.name)) \
      ON \(SQLText.identifier(index.table)) (\(columns))\
      \(index.condition.map { " WHERE \($0)" } ?? "")
      """
  }

  var canVerifyAfterwards: Bool { true }

  func verify(_ progress: String, on connection: Connection) throws -> Verification {
    guard let existing = try ExistingIndex.read(index, on: connection), existing.isValid else {
      throw UpdateFailure.missingIndex(update: name, index: index.name)
    }
    try existing.check(index, update: name)
    return .passed("the index \(index.name) is there and valid")
  }
}
