import GradusSQL

/// What the ranges of an update come to that workers share.
struct RangeSummary {
  /// What their batches came to that the update's statistics do not hold yet.
  private(set) var done = BatchCount.none
  /// How many rows they have left.
  private var remaining = 0
  /// Where the last of them ends; nil where there is none.
  private var end: String?

  /// Those of all updates by their names.
  static func all(on connection: Connection) throws -> [BytewiseText: RangeSummary] {
    var summaries: [BytewiseText: RangeSummary] = [:]
    for row in try rows(connection) {
      summaries[BytewiseText(try row.text(0)), default: RangeSummary()].add(row)
    }
    return summaries
  }

  /// Those of one update.
  static func of(_ name: String, on connection: Connection) throws -> RangeSummary {
    try rows(connection, "AND update_name = $1", [.text(name)]).reduce(into: RangeSummary()) { $0.add($1) }
  }

  private static func rows(
    _ connection: Connection, _ condition: String = "", _ parameters: [SQLValue] = []
  ) throws -> [Row] {
    try connection.query(
      """
      SELECT update_name, remaining, upper_key, \(RangeLeases.counts) FROM gradus_update_leases
      WHERE part > 0 \(condition) ORDER BY part
      """, parameters)
  }

  private mutating func add(_ row: Row) {
    // Whoever may write the table may put any number there.
    remaining = BatchCount.number(Int64(remaining + BatchCount.number(row[1].integer)))
    end = row[2].text
    done.add(BatchCount(row, from: 3))
  }

  /// How many rows are left of the update: those of its ranges, and by its own estimate those past the last one.
  ///
  /// - Parameters:
  ///   - work: the update.
  ///   - progress: what the queue says; where nothing has been cut, all past it are left.
  ///   - connection: where it is counted.
  func rowsLeft(of work: any UpdateWork, past progress: String, on connection: Connection) throws -> Int? {
    try work.estimateRemaining(end ?? progress, on: connection).map { estimate in
      // A handler may tell any number.
      let (sum, isBeyond) = max(0, estimate).addingReportingOverflow(remaining)
      return isBeyond ? .max : sum
    }
  }
}
