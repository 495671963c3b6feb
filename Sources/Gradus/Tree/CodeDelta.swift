public import GradusSQL

/// A delta written in Swift, registered by file name.
public struct CodeDelta: Sendable {
  /// The schema version that it belongs to.
  public var version: Int
  /// The logical database that it belongs to.
  public var database: LogicalDatabase
  /// Its name, such as `03_fill_names.swift`: its place among the version's deltas, and its record.
  public var name: String
  /// Always called, in the delta's transaction.
  public var create: @Sendable (Connection) throws -> Void
  /// Called after `create` unless the database is new.
  public var upgrade: @Sendable (Connection) throws -> Void

  /// - Parameters:
  ///   - version: the schema version.
  ///   - database: the logical database.
  ///   - name: the name.
  ///   - create: always called, in the delta's transaction.
  ///   - upgrade: called after `create` unless the database is new.
  public init(
    version: Int, database: LogicalDatabase = .main, name: String,
    create: @escaping @Sendable (Connection) throws -> Void = { _ in },
    upgrade: @escaping @Sendable (Connection) throws -> Void = { _ in }
  ) {
    self.version = version
    self.database = database
    self.name = name
    self.create = create
    self.upgrade = upgrade
  }
}
