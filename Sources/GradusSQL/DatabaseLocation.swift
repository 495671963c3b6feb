import Foundation

/// Where a database is, parsed from what a user writes.
///
/// PostgreSQL: a URL (`postgres://`, `postgresql://`) or a libpq conninfo string (`host=... dbname=...`); both go to
/// libpq as they are, so its options for TLS, passwords and several hosts all apply. SQLite: `sqlite:PATH`,
/// `sqlite://PATH`, `file:PATH` or a plain path; parameters behind a `?` are refused, unless there is a file of that name.
public enum DatabaseLocation: Sendable, Hashable {
  /// A SQLite file; `:memory:` is a private database in memory.
  case sqlite(path: String)
  /// A libpq connection string.
  case postgres(String)

  /// - Parameter text: what the user wrote.
  /// - Throws: `SQLError` with code `invalidConfiguration`; it does not repeat the text, which may hold a password.
  public init(parsing text: String) throws {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if text.isEmpty {
      throw SQLError(
        .invalidConfiguration, "the database address is empty",
        hint: "give postgres://..., a libpq conninfo string, sqlite:PATH or a path")
    }
    if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
      self = .postgres(text)
      return
    }
    if let path = Self.withoutPrefix(text) {
      self = .sqlite(path: try Self.path(path))
      return
    }
    // Only a scheme is shown: in a conninfo string, what comes before "://" may be the start of a password.
    if let scheme = text.range(of: #"^[A-Za-z][A-Za-z0-9+.-]*(?=://)"#, options: .regularExpression) {
      throw SQLError(
        .invalidConfiguration, "unknown database scheme '\(text[scheme])'",
        hint: "use postgres://..., a libpq conninfo string, sqlite:PATH or a path")
    }
    if text.range(of: #"^\s*[a-z_]+\s*="#, options: .regularExpression) != nil {
      self = .postgres(text)
      return
    }
    // A connection string that went wrong must not become a file's name, which errors show.
    let connecting = #"^['"]|^(postgres|postgresql|jdbc):|^(//)?[^/]+:.*@|(?i:password|passwd|pwd)\s*="#
    if text.range(of: connecting, options: .regularExpression) != nil {
      throw SQLError(
        .invalidConfiguration, "the database address is neither a connection string nor a path",
        hint: "use postgres://..., without quotes around it, a libpq conninfo string, sqlite:PATH or a path")
    }
    self = .sqlite(path: try Self.path(text))
  }

  /// What follows `sqlite:` or `file:`, or both; nil where neither is there.
  private static func withoutPrefix(_ text: String) -> String? {
    for prefix in ["sqlite://", "sqlite:", "file:"] where text.hasPrefix(prefix) {
      let rest = String(text.dropFirst(prefix.count))
      return prefix == "file:" ? rest : withoutPrefix(rest) ?? rest
    }
    return nil
  }

  private static func path(_ text: String) throws -> String {
    guard !text.isEmpty else { throw SQLError(.invalidConfiguration, "the SQLite path is empty") }
    guard !text.contains("?") || FileManager.default.fileExists(atPath: text) else {
      throw SQLError(
        .invalidConfiguration, "a SQLite path takes no parameters", hint: "leave out what comes after '?'")
    }
    return text
  }

  /// The engine.
  public var engine: Engine {
    switch self {
    case .sqlite: .sqlite
    case .postgres: .postgres
    }
  }
}
