import Gradus
import GradusSQL

/// A declared drain: its statement for the first keys of a queue table, which are then taken off it.
///
/// It sees one moment throughout: a key that another transaction queues in between is not taken off unseen.
struct DrainWork: UpdateWork {
  let name: String
  let drain: UpdateDeclaration.Drain

  var isolation: BatchIsolation { .snapshot }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    guard let sql = drain.sql.byEngine[connection.engine] else {
      throw UpdateFailure.missingSQL(update: name)
    }
    let slice = try KeyRange.next(table: drain.table, key: drain.key, past: nil, size: size, on: connection)
    guard let (range, rows) = slice else { return .end }
    let written = try connection.execute(range.expand(sql), range.parameters)
    let taken = try connection.execute(
      "DELETE FROM \(SQLText.identifier(drain.table)) WHERE \(range.condition())", range.parameters)
    return BatchResult(next: progress, scanned: rows, written: max(written, taken))
  }

  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? {
    try RowEstimate.count(SQLText.identifier(drain.table), where: "TRUE", [], on: connection)
      ?? RemainingRows.ofWholeTable(drain.table, on: connection)
  }

  func verify(_ progress: String, on connection: Connection) throws -> Verification {
    .passed("nothing is left in \(drain.table)")
  }
}
