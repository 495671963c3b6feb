import Foundation
import Gradus
import GradusSQL

/// A declared backfill: its statement over one slice of the table's key after the other.
struct BackfillWork: RangedWork {
  let name: String
  let backfill: UpdateDeclaration.Backfill

  /// A writer that knows nothing of the update may add rows behind it, but not for ever.
  static let maxPasses = 3

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    try runBatch(read(progress), upTo: nil, size: size, on: connection)
  }

  func runBatch(_ progress: String, upTo end: String, size: Int, on connection: Connection) throws
    -> BatchResult<String>
  {
    try runBatch(read(progress), upTo: read(end).last, size: size, on: connection)
  }

  private func runBatch(
    _ progress: BackfillProgress, upTo bound: [KeyValue]?, size: Int, on connection: Connection
  )
    throws -> BatchResult<String>
  {
    guard let sql = backfill.sql.byEngine[connection.engine] else {
      throw UpdateFailure.missingSQL(update: name)
    }
    try checkKey(progress, on: connection)
    let slice = try KeyRange.next(
      table: backfill.table, key: backfill.key, past: progress.last, upTo: bound, size: size, on: connection)
    guard let (range, rows) = slice else {
      try checkEnd(progress, on: connection)
      return .end
    }
    let written = try connection.execute(range.expand(sql), range.parameters)
    return BatchResult(
      next: BackfillProgress(last: range.upper, pass: progress.pass).json, scanned: rows, written: written)
  }

  private func read(_ json: String) throws -> BackfillProgress { try decode(json) }

  /// Refuses a saved key of another number of columns, and at the beginning a table whose key does not lead to all rows.
  /// With a condition the verification finds the rows that were passed over.
  private func checkKey(_ progress: BackfillProgress, on connection: Connection) throws {
    if progress.last == nil, backfill.condition == nil {
      let columns = try NullKeys.columns(of: backfill.table, key: backfill.key, on: connection)
      guard columns.isEmpty else {
        throw UpdateFailure.nullKey(update: name, table: backfill.table, columns: columns)
      }
      guard try !RowNumbers.mayChange(backfill.key, of: backfill.table, on: connection) else {
        throw UpdateFailure.rowNumbers(update: name, table: backfill.table)
      }
    }
    guard let last = progress.last, last.count != backfill.key.count else { return }
    throw UpdateFailure.unreadableProgress(
      update: name,
      reason: "its key has \(last.count) values, and the table's has \(backfill.key.count) columns")
  }

  /// Whether the walk has come to an end, and not to a key of another type: on SQLite any text is greater than any number.
  private func checkEnd(_ progress: BackfillProgress, on connection: Connection) throws {
    guard connection.engine == .sqlite, let last = progress.last else { return }
    let order = backfill.key.map { SQLText.identifier($0) + " DESC" }.joined(separator: ", ")
    let row = try connection.queryRow(
      "SELECT \(SQLText.identifiers(backfill.key)) FROM \(SQLText.identifier(backfill.table)) ORDER BY \(order) LIMIT 1"
    )
    guard let row else { return }
    for (index, value) in last.enumerated() {
      guard try value.isLike(KeyValue(row[index], of: backfill.key[index])) else {
        throw UpdateFailure.unreadableProgress(
          update: name, reason: "its key is of another type than the table's")
      }
    }
  }

  func nextRange(past text: String, rows: Int, on connection: Connection) throws -> WorkRange? {
    let progress = try read(text)
    try checkKey(progress, on: connection)
    let slice = try KeyRange.next(
      table: backfill.table, key: backfill.key, past: progress.last, upTo: nil, size: rows, on: connection)
    guard let (range, count) = slice else { return nil }
    return WorkRange(
      start: text, end: BackfillProgress(last: range.upper, pass: progress.pass).json, rows: count)
  }

  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? {
    guard let last = try read(progress).last else {
      return try RemainingRows.ofWholeTable(backfill.table, on: connection)
    }
    guard last.count == 1, case .integer(let position) = last[0] else {
      return try RowEstimate.count(
        SQLText.identifier(backfill.table), where: KeyRange.comparison(backfill.key, ">", from: 1),
        last.map(\.sqlValue), on: connection)
    }
    return try RemainingRows.of(backfill.table, column: backfill.key[0], past: position, on: connection)
  }

  var verifiesApart: Bool { backfill.condition != nil }
  var canVerifyAfterwards: Bool { verifiesApart }

  func verify(_ text: String, on connection: Connection) throws -> Verification {
    guard let condition = backfill.condition else { return .passed("the whole key was walked") }
    let row = try connection.queryRow(
      "SELECT 1 FROM \(SQLText.identifier(backfill.table)) WHERE \(condition)\nLIMIT 1")
    guard row != nil else {
      let line = condition.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return .passed("no row is left where \(line)")
    }
    let passes = (try read(text).pass ?? 0) + 1
    guard passes < Self.maxPasses else {
      throw UpdateFailure.rowsLeft(update: name, condition: condition, passes: passes)
    }
    return .rowsLeft(next: BackfillProgress(pass: passes).json)
  }
}
