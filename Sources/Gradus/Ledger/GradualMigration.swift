/// A change over releases: one version adds tables, writes and fills them; a later one completes and relies on them.
public struct GradualMigration: Sendable, Hashable {
  /// Its name, unique in the ledger.
  public var name: String
  /// The logical database that its tables are in.
  public var database: LogicalDatabase
  /// The version that adds the tables and begins to write them (N+1).
  public var starts: Int
  /// The version that completes the updates and relies on the tables (N+2); nil while there is none.
  public var completes: Int?
  /// The background updates that fill the tables.
  public var updates: [String]
  /// What an admitted older version may have made wrong.
  public var staleness: [StalenessRule]

  /// - Parameters:
  ///   - name: its name.
  ///   - database: the logical database that its tables are in.
  ///   - starts: the version that adds the tables.
  ///   - completes: the version that relies on them.
  ///   - updates: the background updates that fill them.
  ///   - staleness: what an older version may have made wrong.
  public init(
    name: String, database: LogicalDatabase = .main, starts: Int, completes: Int? = nil,
    updates: [String] = [], staleness: [StalenessRule] = []
  ) {
    self.name = name
    self.database = database
    self.starts = starts
    self.completes = completes
    self.updates = updates
    self.staleness = staleness
  }

  /// The updates that have to be complete before a version relies on the tables: those that fill them, and those that purges
  /// and guards queue for rows that they have removed.
  package var neededUpdates: [String] {
    var names: [String] = []
    for name in updates + staleness.flatMap(\.queuedUpdates) where !names.contains(name) {
      names.append(name)
    }
    return names
  }
}
