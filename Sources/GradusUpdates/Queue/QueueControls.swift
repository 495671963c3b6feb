import Gradus
public import GradusSQL

/// What operators say about queued updates, for all processes and for longer than any of them.
public struct QueueControls {
  private let connection: Connection

  /// - Parameter connection: a connection to the queue's database, with Gradus's tables.
  public init(_ connection: Connection) { self.connection = connection }

  /// Whether an update of the queue (`b`) is parked, or an operator has paused it, as SQL beside `joins`.
  static let isHalted = "\(isParked) OR c.paused_at IS NOT NULL OR a.paused_at IS NOT NULL"

  /// Whether an update of the queue (`b`) is parked, as SQL beside `joins`. An earlier release did not note at which progress.
  static let isParked = "(c.parked_at IS NOT NULL AND NOT \(wasParked))"

  /// Whether what was parked is an earlier row of an update (`b`), as SQL beside `joins`: an operator has deleted that and
  /// inserted another, or another program has moved it.
  static let wasParked = "coalesce(c.parked_progress <> b.progress_json, FALSE)"

  /// What an update is that is not parked, as assignments.
  private static let unparked =
    "parked_at = NULL, parked_by = NULL, parked_reason = NULL, parked_progress = NULL"

  /// Joins what is said of an update (`c`) and of all (`a`), as SQL.
  ///
  /// - Parameter table: the alias of the table with the update's name.
  static func joins(_ table: String) -> String {
    """
    LEFT JOIN gradus_update_controls c ON c.update_name = \(table).update_name
    LEFT JOIN gradus_update_controls a ON a.update_name = '\(BookkeepingTables.allUpdates)'
    """
  }

  /// Whether an update is in the queue.
  package func isQueued(_ name: String) throws -> Bool {
    try UpdateQueue(connection: connection).progress(name) != nil
  }

  /// Lets no worker start a further batch, until `resume`.
  ///
  /// - Parameters:
  ///   - name: the update; nil for all.
  ///   - who: who says so; this process where nil.
  /// - Throws: `SQLError`.
  public func pause(_ name: String? = nil, by who: String? = nil) throws {
    try set(
      name, "paused_at = $2, paused_by = $3",
      [.integer(ProcessIdentity.now), .text(who ?? ProcessIdentity.current)])
  }

  /// Whether all updates are paused.
  ///
  /// - Throws: `SQLError`.
  public func isPaused() throws -> Bool {
    try connection.queryRow(
      "SELECT 1 FROM gradus_update_controls WHERE update_name = $1 AND paused_at IS NOT NULL",
      [.text(BookkeepingTables.allUpdates)]) != nil
  }

  /// Takes a pause back; that of all does not touch those of single updates, nor the other way round.
  ///
  /// - Parameter name: the update; nil for all.
  /// - Throws: `SQLError`.
  public func resume(_ name: String? = nil) throws {
    try set(name, "paused_at = NULL, paused_by = NULL", [])
  }

  /// Moves an update before (above 0) or behind (below 0) what the queue's own order says.
  ///
  /// - Parameters:
  ///   - name: the update.
  ///   - priority: higher goes first; 0 is the queue's own order.
  /// - Throws: `SQLError`.
  public func prioritize(_ name: String, _ priority: Int) throws {
    try set(name, "priority = $2", [SQLValue(priority)])
  }

  /// Gives a parked update another try.
  ///
  /// - Returns: whether it was parked.
  /// - Throws: `SQLError`.
  @discardableResult
  public func retry(_ name: String) throws -> Bool {
    try connection.execute(
      """
      UPDATE gradus_update_controls SET \(Self.unparked) WHERE update_name = $1 AND parked_at IS NOT NULL
      """, [.text(name)]) > 0
  }

  /// Sets an update aside where it is; nothing where it has left the queue.
  func park(_ name: String, reason: String) throws {
    // At another progress, which a batch may bring it to meanwhile, it would not count as parked.
    guard let progress = try UpdateQueue(connection: connection).progress(name, isLocked: true) else {
      return
    }
    try set(
      name, "parked_at = $2, parked_by = $3, parked_reason = $4, parked_progress = $5",
      [
        .integer(ProcessIdentity.now), .text(ProcessIdentity.current), .text(reason), .text(progress),
      ])
  }

  /// Forgets that an earlier row of an update was parked: the one that is queued may come to the same progress.
  func forgetEarlierParking(of name: String) throws {
    try connection.execute(
      """
      UPDATE gradus_update_controls SET \(Self.unparked)
      WHERE update_name = $1
        AND parked_progress <> (SELECT progress_json FROM background_updates WHERE update_name = $1)
      """, [.text(name)])
  }

  private func set(_ name: String?, _ assignments: String, _ parameters: [SQLValue]) throws {
    let key = SQLValue.text(name ?? BookkeepingTables.allUpdates)
    try connection.execute(
      "INSERT INTO gradus_update_controls (update_name) VALUES ($1) ON CONFLICT (update_name) DO NOTHING",
      [key])
    try connection.execute(
      "UPDATE gradus_update_controls SET \(assignments) WHERE update_name = $1", [key] + parameters)
  }
}
