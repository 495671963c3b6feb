import GradusJSON
public import GradusSQL

/// Counts as things happen, and keeps the history: what subjects were like at the end of each slice of time.
///
/// A current row that changes is dirty, and stands in the slice of the change. Once that slice is over, the row is
/// copied into the history before anything further is counted, and is clean again. A subject that was not counted yet
/// has no current row: it is incomplete, only what happens in slices is counted for it, and it has no history until then.
public struct StatisticsRecorder: Sendable {
  private let options: StatisticsOptions

  /// - Parameter options: the length of slices, the clock, and whether there are statistics.
  public init(_ options: StatisticsOptions = StatisticsOptions()) { self.options = options }

  /// One change, its columns in the order of the kind's.
  struct Counts {
    var id: String
    var position: Int64
    var absolute: [Int64]
    var perSlice: [Int64]

    var key: JSONText { JSONText(id) }
  }

  /// Counts changes, in a few statements however many they are.
  ///
  /// A change at a position that the subject's row already accounts for does not change its absolute columns.
  ///
  /// - Parameters:
  ///   - rooms: changes of rooms, each with a position of its own or of its transaction.
  ///   - users: changes of users.
  ///   - connection: a connection in a transaction.
  /// - Throws: `SQLError`; `HomeserverError` where the database has no history.
  public func record(
    rooms: [RoomStatisticsChange] = [], users: [UserStatisticsChange] = [], on connection: Connection
  ) throws {
    precondition(connection.isInTransaction, "what is counted together is committed together")
    guard options.isEnabled else { return }
    try StatisticsHistory.require(on: connection)
    try record(rooms.map(\.counts), of: .rooms, on: connection)
    try record(users.map(\.counts), of: .users, on: connection)
  }

  /// Copies dirty rows whose slice is over into the history.
  ///
  /// Counting does it by itself for the subjects that it counts; this is for those that nothing happens to any more.
  ///
  /// - Parameters:
  ///   - limit: how many rooms and how many users at most.
  ///   - connection: a connection in a transaction.
  /// - Returns: how many were copied; 0 where there are no more.
  /// - Throws: `SQLError`; `HomeserverError` where the database has no history.
  @discardableResult
  public func collect(limit: Int = 1000, on connection: Connection) throws -> Int {
    precondition(connection.isInTransaction, "a row is copied and cleaned in one transaction")
    guard options.isEnabled else { return 0 }
    try StatisticsHistory.require(on: connection)
    return try StatisticsKind.all.reduce(0) { count, kind in
      let history = StatisticsHistory(kind)
      return count + (try history.collectOld(at: options.milliseconds, limit: limit, on: connection))
    }
  }

  private func record(_ changes: [Counts], of kind: StatisticsKind, on connection: Connection) throws {
    guard !changes.isEmpty else { return }
    // By code points, as the database has them: Swift takes composed and decomposed letters for equal.
    let keys = Set(changes.map(\.key)).sorted()
    let ids = keys.compactMap(\.string)
    let history = StatisticsHistory(kind)
    try RowLock.take(ids, column: kind.key, of: kind.current, on: connection)
    // Before further counting: what is copied is the end of the old slice.
    try history.collect(ids, at: options.milliseconds, on: connection)
    let counted = try countedPositions(of: ids, kind, on: connection)
    var absolute: [JSONText: Counts] = [:]
    var perSlice: [JSONText: [Int64]] = [:]
    for change in changes {
      let key = change.key
      perSlice[key] = change.perSlice.added(to: perSlice[key])
      guard let position = counted[key], position < change.position else { continue }
      var sum = absolute[key] ?? change
      if absolute[key] != nil {
        sum.absolute = change.absolute.added(to: sum.absolute)
        sum.position = max(sum.position, change.position)
      }
      absolute[key] = sum
    }
    try add(absolute, kind, on: connection)
    let isChanged = Set(absolute.keys).union(perSlice.filter { $0.value.contains { $0 != 0 } }.keys)
    try history.touch(
      keys.filter(isChanged.contains).compactMap(\.string), counts: perSlice, at: options.milliseconds,
      length: options.bucketSize, on: connection)
  }

  /// Up to which position the rows that exist account for their subject.
  private func countedPositions(
    of ids: [String], _ kind: StatisticsKind, on connection: Connection
  ) throws -> [JSONText: Int64] {
    let current = connection.lookUp(kind.current, as: "c", kind.key, equals: "k.id")
    let rows = try connection.query(over: .texts("id", ids)) { source in
      "SELECT k.id, c.completed_delta_stream_id FROM \(source) \(current)"
    }
    return Dictionary(uniqueKeysWithValues: try rows.map { (JSONText(try $0.text(0)), try $0.integer(1)) })
  }

  private func add(_ sums: [JSONText: Counts], _ kind: StatisticsKind, on connection: Connection) throws {
    var table = BatchTable(
      columns: [("id", .text), ("position", .integer)] + kind.absolute.map { (name: $0, type: .integer) })
    for (_, sum) in sums.sorted(by: { $0.key < $1.key }) {
      table.rows.append([.text(sum.id), .integer(sum.position)] + sum.absolute.map { .integer($0) })
    }
    // The rows are there, and locked. Of all ways to change them, only this one looks them up whatever is believed of
    // the table's size.
    let names = [kind.key, "completed_delta_stream_id"] + kind.absolute
    let values = ["k.id", "k.position"] + kind.absolute.map { "k.\($0)" }
    let changes =
      ["completed_delta_stream_id = excluded.completed_delta_stream_id"]
      + kind.absolute.map { "\($0) = coalesce(\(kind.current).\($0), 0) + excluded.\($0)" }
    try connection.execute(over: table) { source in
      """
      INSERT INTO \(kind.current) (\(names.joined(separator: ", ")))
      SELECT \(values.joined(separator: ", ")) FROM \(source)
      WHERE TRUE
      ON CONFLICT (\(kind.key)) DO UPDATE SET \(changes.joined(separator: ", "))
      """
    }
  }
}

extension [Int64] {
  /// The sums of two rows, column by column.
  fileprivate func added(to other: [Int64]?) -> [Int64] {
    other.map { zip($0, self).map { $0 &+ $1 } } ?? self
  }
}
