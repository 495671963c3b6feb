/// A table that a derived one depends on, and whose writes by an older version mark derived rows as stale.
///
/// Gradus makes triggers of it while older versions may write beside newer ones: see `WriterVersion`.
public struct StalenessGuard: Sendable, Hashable {
  /// The table whose writes are watched.
  public var table: String
  /// Its columns that match the rule's key, in the same order.
  public var key: [String]
  /// The writes that are watched.
  public var events: Set<Event>
  /// The columns whose changes count; empty where every update does. A change of the key always counts.
  public var columns: [String]
  /// A condition on the written row, as SQL, in which `{row}` stands for it; nil where every row counts.
  public var condition: String?

  /// A kind of write.
  public enum Event: String, Sendable, Hashable, CaseIterable {
    /// New rows.
    case insert
    /// Changed rows, with the key that they had and the one that they get.
    case update
    /// Rows that go.
    case delete
  }

  /// - Parameters:
  ///   - table: the table whose writes are watched.
  ///   - key: its columns that match the rule's key.
  ///   - events: the writes that are watched.
  ///   - columns: the columns whose changes count.
  ///   - condition: a condition on the written row, with `{row}`.
  public init(
    table: String, key: [String], events: Set<Event> = Set(Event.allCases), columns: [String] = [],
    condition: String? = nil
  ) {
    self.table = table
    self.key = key
    self.events = events
    self.columns = columns
    self.condition = condition
  }

  /// The condition for a row of this name, in brackets; nil where there is none.
  func condition(on row: String) -> String? {
    // On a line of its own, so that a comment at its end does not hide the bracket.
    condition.map { "(\n\($0.replacing("{row}", with: row))\n)" }
  }
}
