/// How to find and repair the rows of a derived table that an older version, which does not write it, made stale.
///
/// A row is stale where the source has a row of the same key at a position past the newest one that a version which
/// writes the derived table has seen.
public struct StalenessRule: Sendable, Hashable {
  /// The derived table.
  public var table: String
  /// Its key columns.
  public var key: [String]
  /// Its column with the source's position that the row reflects.
  public var position: String
  /// The table that it is derived from.
  public var source: Source
  /// How a stale key is calculated again.
  public var requeue: Requeue
  /// What to do where the derived table is empty.
  public var whenEmpty: WhenEmpty?
  /// The tables whose writes by an older version mark derived rows as stale at once.
  public var guards: [StalenessGuard]

  /// A table with keys and growing positions.
  public struct Source: Sendable, Hashable {
    /// The table.
    public var table: String
    /// Its columns that match the derived table's key, in the same order.
    public var key: [String]
    /// Its position, which grows with every write.
    public var position: String

    /// - Parameters:
    ///   - table: the table.
    ///   - key: the columns that match the derived table's key.
    ///   - position: the growing position.
    public init(table: String, key: [String], position: String) {
      self.table = table
      self.key = key
      self.position = position
    }
  }

  /// How stale keys are calculated again.
  public struct Requeue: Sendable, Hashable {
    /// The table that stale keys are put into, with the rule's key columns; nil where the update finds them itself.
    public var into: String?
    /// Keys without a row in this table are not put into the queue table, whose foreign key would refuse them.
    public var parent: Parent?
    /// The update to queue.
    public var update: String
    /// The progress to queue it with; `{position}` stands for the newest position that is not stale.
    public var progress: String

    /// The table that a queue table's foreign key refers to.
    public struct Parent: Sendable, Hashable {
      /// The table.
      public var table: String
      /// Its columns that match the rule's key, in the same order.
      public var key: [String]

      /// - Parameters:
      ///   - table: the table.
      ///   - key: the columns that match the rule's key.
      public init(table: String, key: [String]) {
        self.table = table
        self.key = key
      }
    }

    /// - Parameters:
    ///   - into: the queue table.
    ///   - parent: the table that the queue table's foreign key refers to.
    ///   - update: the update to queue.
    ///   - progress: its progress, with `{position}` for the newest position that is not stale.
    public init(into: String? = nil, parent: Parent? = nil, update: String, progress: String = "{}") {
      self.into = into
      self.parent = parent
      self.update = update
      self.progress = progress
    }
  }

  /// What to do where the derived table is empty: fill it from the beginning.
  public struct WhenEmpty: Sendable, Hashable {
    /// The table whose rows would have to be reflected.
    public var table: String
    /// A condition on them in SQL.
    public var condition: String?
    /// The updates to queue where there are such rows.
    public var queue: [QueuedUpdate]

    /// - Parameters:
    ///   - table: the table whose rows would have to be reflected.
    ///   - condition: a condition on them in SQL.
    ///   - queue: the updates to queue.
    public init(table: String, condition: String? = nil, queue: [QueuedUpdate]) {
      self.table = table
      self.condition = condition
      self.queue = queue
    }
  }

  /// - Parameters:
  ///   - table: the derived table.
  ///   - key: its key columns.
  ///   - position: its position column.
  ///   - source: what it is derived from.
  ///   - requeue: how a stale key is calculated again.
  ///   - whenEmpty: what to do where the derived table is empty.
  ///   - guards: the tables whose writes by an older version mark derived rows as stale at once.
  public init(
    table: String, key: [String], position: String, source: Source, requeue: Requeue,
    whenEmpty: WhenEmpty? = nil, guards: [StalenessGuard] = []
  ) {
    self.table = table
    self.key = key
    self.position = position
    self.source = source
    self.requeue = requeue
    self.whenEmpty = whenEmpty
    self.guards = guards
  }
}
