import Gradus
import GradusSQL

/// A declared backfill: its statement over one slice of the table's key after the other.
struct BackfillWork: UpdateWork {
  let name: String
  let backfill: UpdateDeclaration.Backfill

  struct Progress: UpdateProgress, Codable {
    /// The key of the last row that was looked at.
    var last: [KeyValue]?
  }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    guard let sql = backfill.sql.byEngine[connection.engine] else {
      throw UpdateFailure.missingSQL(update: name)
    }
    let last = try Progress(json: progress).last
    let slice = try KeyRange.next(
      table: backfill.table, key: backfill.key, past: last, size: size, on: connection)
    guard let (range, rows) = slice else { return BatchResult(next: nil, scanned: 0, written: 0) }
    let written = try connection.execute(range.expand(sql), range.parameters)
    return BatchResult(next: Progress(last: range.upper).json, scanned: rows, written: written)
  }

  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? {
    guard let last = try Progress(json: progress).last, backfill.key.count == 1,
      case .integer(let position) = last[0]
    else { return try TableStatistics.estimatedRows(of: backfill.table, on: connection) }
    let column = SQLText.identifier(backfill.key[0])
    let newest = try connection.queryRow("SELECT max(\(column)) FROM \(SQLText.identifier(backfill.table))")?[
      0
    ].integer
    return newest.map { Int(max(0, $0 - position)) }
  }
}
