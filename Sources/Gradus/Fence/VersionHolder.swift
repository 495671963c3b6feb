public import Foundation
public import GradusSQL

/// A process that has announced a schema version, as others see it.
public struct VersionHolder: Sendable, Hashable {
  /// The version of the application that it runs.
  public var version: Int
  /// On SQLite the process's name, on PostgreSQL its `application_name`.
  public var name: String
  /// On SQLite the process's id, on PostgreSQL that of the server process which serves it.
  public var process: Int
  /// Where it runs; behind a pooler, where the pooler does.
  public var host: String
  /// When it announced itself; nil where this role may not know.
  public var since: Date?
  /// The engine of the database.
  public var engine: Engine

  /// - Parameters:
  ///   - version: the version that it runs.
  ///   - name: its name.
  ///   - process: the id of the process, on PostgreSQL of the server's.
  ///   - host: where it runs.
  ///   - since: when it announced itself.
  ///   - engine: the engine of the database.
  public init(version: Int, name: String, process: Int, host: String, since: Date?, engine: Engine) {
    self.version = version
    self.name = name
    self.process = process
    self.host = host
    self.since = since
    self.engine = engine
  }

  /// The process without its version.
  var who: String {
    let process =
      switch engine {
      case .sqlite: "\(name) pid \(process) on \(host)"
      case .postgres: "\(name), server process \(process) from \(host)"
      }
    return process + (since.map { ", since \($0.formatted(.iso8601))" } ?? "")
  }
}

extension VersionHolder: CustomStringConvertible {
  /// `schema version 86: shop pid 123 on host, since 2025-01-01T00:00:00Z`.
  public var description: String { "schema version \(version): \(who)" }
}
