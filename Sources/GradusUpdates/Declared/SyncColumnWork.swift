import Gradus
import GradusSQL

/// Fills a synchronised column of the rows that were there before its trigger: a backfill.
struct SyncColumnWork: RangedWork {
  let name: String
  let sync: UpdateDeclaration.SyncColumn

  private func backfill(_ connection: Connection) throws -> BackfillWork {
    let engine = connection.engine
    guard let value = sync.using.byEngine[engine] else { throw UpdateFailure.missingSQL(update: name) }
    let condition = try sync.isWrong(on: connection)
    let sql = """
      UPDATE \(SQLText.identifier(sync.table)) SET \(SQLText.identifier(sync.to)) = (\n\(value)\n)
      WHERE {range} AND \(condition)
      """
    return BackfillWork(
      name: name,
      backfill: .init(
        table: sync.table, key: sync.key, condition: condition, sql: .init(byEngine: [engine: sql]))
    )
  }

  var verifiesApart: Bool { true }
  var canVerifyAfterwards: Bool { true }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    try backfill(connection).runBatch(progress, size: size, on: connection)
  }

  func runBatch(_ progress: String, upTo end: String, size: Int, on connection: Connection) throws
    -> BatchResult<String>
  {
    try backfill(connection).runBatch(progress, upTo: end, size: size, on: connection)
  }

  func nextRange(past progress: String, rows: Int, on connection: Connection) throws -> WorkRange? {
    try backfill(connection).nextRange(past: progress, rows: rows, on: connection)
  }

  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? {
    try backfill(connection).estimateRemaining(progress, on: connection)
  }

  func verify(_ progress: String, on connection: Connection) throws -> Verification {
    try backfill(connection).verify(progress, on: connection)
  }
}
