import Foundation
import Gradus
import GradusEngines
import GradusSQL

/// A database for the demo alone.
enum DemoDatabase {
  /// A file that is removed at the end; the folder too where it is the demo's own.
  case sqlite(path: String, folder: URL?)
  /// A schema in a database that may hold other things.
  case postgres(address: String, schema: String)

  /// Runs `body` with a database that is made for it and removed afterwards.
  ///
  /// - Parameters:
  ///   - asked: where to make it; nil for a file in a temporary folder.
  ///   - isKept: whether to leave it there.
  ///   - body: what needs it.
  /// - Throws: what `body` throws; `GradusError`, `SQLError`.
  static func with<R: Sendable>(
    _ asked: String?, isKept: Bool = false, _ body: (DemoDatabase) async throws -> R
  ) async throws -> R {
    let database = try await make(asked)
    let result: Result<R, any Error>
    do { result = .success(try await body(database)) } catch { result = .failure(error) }
    if !isKept { try await database.removeAfterwards() }
    return try result.get()
  }

  /// In a task of its own: one that was cancelled runs no statement.
  private func removeAfterwards() async throws { try await Task { try await remove() }.value }

  private static func make(_ asked: String?) async throws -> DemoDatabase {
    guard let asked else {
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "homeserver-demo-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return .sqlite(path: folder.appending(path: "homeserver.db").path, folder: folder)
    }
    switch try DatabaseLocation(parsing: asked) {
    case .sqlite(let path):
      guard !FileManager.default.fileExists(atPath: path) else {
        throw GradusError(
          .invalidFile, "the demo makes a database of its own, and this file is there already", file: path,
          hint: "give another path, or none")
      }
      return .sqlite(path: path, folder: nil)
    case .postgres(let address):
      // Not by the process: that of another host or container may have the same number, and so may one that has kept its own.
      let schema = "gradus_demo_" + UUID().uuidString.lowercased().filter { $0 != "-" }
      let session = try await Session.open(try DatabaseLocation.postgres(address).driver())
      let database = DemoDatabase.postgres(address: address, schema: schema)
      do {
        try await session.run { _ = try $0.execute("CREATE SCHEMA \(schema)") }
      } catch {
        // The server may have been done before it heard of the cancellation.
        if Task.isCancelled { try? await database.removeAfterwards() }
        throw error
      }
      return database
    }
  }

  var driver: any Driver {
    get throws {
      let location: DatabaseLocation =
        switch self {
        case .sqlite(let path, _): .sqlite(path: path)
        case .postgres(let address, let schema): .postgres(Self.adding(searchPath: schema, to: address))
        }
      return try location.driver(createsFile: true)
    }
  }

  /// The address with a search path of its own; of an option given twice libpq takes the last.
  private static func adding(searchPath schema: String, to address: String) -> String {
    guard address.contains("://") else { return "\(address) options='-csearch_path=\(schema)'" }
    return address + (address.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)"
  }

  private func remove() async throws {
    switch self {
    case .sqlite(let path, let folder):
      if let folder {
        try DatabaseFolder.remove(folder)
      } else {
        for suffix in ["", "-wal", "-shm", ".gradus-lock", ".gradus-lock-updates", ".gradus-live"] {
          try? FileManager.default.removeItem(atPath: path + suffix)
        }
      }
    case .postgres(let address, let schema):
      let session = try await Session.open(try DatabaseLocation.postgres(address).driver())
      try await session.run { _ = try $0.execute("DROP SCHEMA IF EXISTS \(schema) CASCADE") }
    }
  }

  var description: String {
    switch self {
    case .sqlite(let path, _): path
    case .postgres(_, let schema): "the PostgreSQL schema \(schema)"
    }
  }
}
