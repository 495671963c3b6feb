/// A named part of the schema that may live on a server of its own.
public struct LogicalDatabase: Sendable, Hashable, Comparable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// Its name, which is also its folder's.
  public let name: String

  /// - Parameter name: its name.
  public init(_ name: String) { self.name = name }
  /// - Parameter value: its name.
  public init(stringLiteral value: String) { name = value }

  /// What every physical database has.
  public static let common: LogicalDatabase = "common"
  /// The application's main database.
  public static let main: LogicalDatabase = "main"
  /// The database of room state.
  public static let state: LogicalDatabase = "state"

  /// Its name.
  public var description: String { name }
  /// By name.
  public static func < (left: LogicalDatabase, right: LogicalDatabase) -> Bool { left.name < right.name }
}
