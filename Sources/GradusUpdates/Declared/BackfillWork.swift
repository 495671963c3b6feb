import Foundation
import Gradus
import GradusSQL

/// A declared backfill: its statement over one slice of the table's key after the other.
struct BackfillWork: RangedWork {
  let name: String
  let backfill: UpdateDeclaration.Backfill

  struct Progress: UpdateProgress, Codable {
    /// The key of the last row that was looked at.
    var last: [KeyValue]?
    /// How often the whole key has been walked in vain; nil for never.
    var pass: Int?
  }

  /// A writer that knows nothing of the update may add rows behind it, but not for ever.
  private static let maxPasses = 3

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    try runBatch(Progress(json: progress), upTo: nil, size: size, on: connection)
  }

  func runBatch(_ progress: String, upTo end: String, size: Int, on connection: Connection) throws
    -> BatchResult<String>
  {
    try runBatch(Progress(json: progress), upTo: Progress(json: end).last, size: size, on: connection)
  }

  private func runBatch(_ progress: Progress, upTo bound: [KeyValue]?, size: Int, on connection: Connection)
    throws -> BatchResult<String>
  {
    guard let sql = backfill.sql.byEngine[connection.engine] else {
      throw UpdateFailure.missingSQL(update: name)
    }
    let slice = try KeyRange.next(
      table: backfill.table, key: backfill.key, past: progress.last, upTo: bound, size: size, on: connection)
    guard let (range, rows) = slice else { return BatchResult(next: nil, scanned: 0, written: 0) }
    let written = try connection.execute(range.expand(sql), range.parameters)
    let isDone = bound.map { $0 == range.upper } ?? false
    return BatchResult(
      next: isDone ? nil : Progress(last: range.upper, pass: progress.pass).json, scanned: rows,
      written: written)
  }

  func nextRange(past text: String, rows: Int, on connection: Connection) throws -> WorkRange? {
    let progress = try Progress(json: text)
    let slice = try KeyRange.next(
      table: backfill.table, key: backfill.key, past: progress.last, upTo: nil, size: rows, on: connection)
    guard let (range, count) = slice else { return nil }
    return WorkRange(
      start: text, end: Progress(last: range.upper, pass: progress.pass).json, rows: count)
  }

  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? {
    guard let last = try Progress(json: progress).last, backfill.key.count == 1,
      case .integer(let position) = last[0]
    else { return try TableStatistics.estimatedRows(of: backfill.table, on: connection) }
    let column = SQLText.identifier(backfill.key[0])
    let newest = try connection.queryRow(
      "SELECT max(\(column)) FROM \(SQLText.identifier(backfill.table))")?[0].integer
    return newest.map { Int(max(0, $0 - position)) }
  }

  var verifiesApart: Bool { backfill.condition != nil }
  var canVerifyAfterwards: Bool { verifiesApart }

  func verify(_ text: String, on connection: Connection) throws -> Verification {
    guard let condition = backfill.condition else { return .passed("the whole key was walked") }
    let row = try connection.queryRow(
      "SELECT 1 FROM \(SQLText.identifier(backfill.table)) WHERE \(condition) LIMIT 1")
    guard row != nil else { return .passed("no row is left where \(condition)") }
    let passes = (try Progress(json: text).pass ?? 0) + 1
    guard passes < Self.maxPasses else {
      throw UpdateFailure.rowsLeft(update: name, condition: condition, passes: passes)
    }
    return .rowsLeft(next: Progress(pass: passes).json)
  }
}
