public import GradusSQL

/// A database on a server or in a file, and the logical databases that live on it.
public struct PhysicalDatabase: Sendable {
  /// Its name in configuration, messages and the admin API; `defaultName` where there is only one.
  public var name: String
  /// Opens connections to it.
  public var driver: any Driver
  /// The logical databases on it, besides `common`; nil for all that the schema has.
  public var databases: Set<LogicalDatabase>?

  /// The name of the only database.
  public static let defaultName = "master"

  /// What messages call it: its name where it was given one, else where it is.
  var shownName: String { name == Self.defaultName ? driver.databaseName : name }

  /// - Parameters:
  ///   - name: its name.
  ///   - driver: opens connections to it.
  ///   - databases: the logical databases on it; nil for all that the schema has.
  public init(
    name: String = PhysicalDatabase.defaultName, driver: any Driver, databases: Set<LogicalDatabase>? = nil
  ) {
    self.name = name
    self.driver = driver
    self.databases = databases
  }
}
