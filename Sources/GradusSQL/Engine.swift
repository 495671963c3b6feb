/// A database engine that Gradus works on.
public enum Engine: String, Sendable, Hashable, CaseIterable, Codable {
  /// SQLite 3.37 or later.
  case sqlite
  /// PostgreSQL 14 or later.
  case postgres
}

extension Engine: CustomStringConvertible {
  /// The engine's name as its makers write it.
  public var description: String {
    switch self {
    case .sqlite: "SQLite"
    case .postgres: "PostgreSQL"
    }
  }
}
