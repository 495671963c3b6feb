import Foundation
package import GradusSQL
import GradusSQLite

/// A database, empty or a copy, that is removed after use: a temporary file, or a database `gradus_scratch_...` on a server.
package struct ScratchDatabase: Sendable {
  /// Opens connections to it.
  package let driver: any Driver
  /// What a copy is made of: its file's path, or its name on the server.
  private let source: String
  /// Whether it began as a copy; as an empty one where there was to be one, and PostgreSQL made none.
  package private(set) var isCopy = false
  private let discard: @Sendable () async throws -> Void

  /// Runs `body` with an empty database.
  ///
  /// - Parameters:
  ///   - engine: the engine.
  ///   - server: where databases of PostgreSQL are made.
  ///   - original: one of the engine's that no session has open, whose copy it is to be; nil for an empty one. On PostgreSQL
  ///     it is empty, too, where somebody else is connected to that one; `isCopy` tells.
  /// - Throws: what `body` throws; `SQLError` where none can be made.
  package static func with<R: Sendable>(
    _ engine: Engine, on server: ScratchServer?, copying original: ScratchDatabase? = nil,
    _ body: (ScratchDatabase) async throws -> R
  ) async throws -> R {
    let database = try await make(engine, server, copying: original)
    let result: Result<R, any Error>
    do { result = .success(try await body(database)) } catch { result = .failure(error) }
    await database.remove()
    return try result.get()
  }

  /// Not by `defer`, as it has to wait for the server, and in a task of its own: one that was cancelled runs no statement.
  /// It may fail without harm to the result.
  private func remove() async { await Task { try? await discard() }.value }

  private static func make(
    _ engine: Engine, _ server: ScratchServer?, copying original: ScratchDatabase?
  ) async throws -> ScratchDatabase {
    let name = "gradus_scratch_" + UUID().uuidString.lowercased().filter { $0 != "-" }
    switch engine {
    case .sqlite:
      let folder = FileManager.default.temporaryDirectory.appending(path: name, directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let file = folder.appending(path: "scratch.db").path
      let database = ScratchDatabase(
        driver: SQLiteDriver(path: file), source: file, isCopy: original != nil
      ) { try DatabaseFolder.remove(folder) }
      do {
        if let original { try FileManager.default.copyItem(atPath: original.source, toPath: file) }
      } catch {
        await database.remove()
        throw error
      }
      return database
    case .postgres:
      guard let server else {
        throw SQLError(
          .invalidConfiguration, "no PostgreSQL server for scratch databases is given",
          hint:
            "give --scratch postgres://localhost/postgres or set GRADUS_SCRATCH; a role that may CREATE DATABASE"
        )
      }
      let driver = try ScratchServer.driver(server.address(of: name))
      var database = ScratchDatabase(driver: driver, source: name, isCopy: original != nil) {
        try await server.execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
      }
      let empty = "template0 ENCODING 'UTF8' LOCALE 'C'"
      do {
        do {
          try await server.execute("CREATE DATABASE \(name) TEMPLATE \(original?.source ?? empty)")
        } catch let error as SQLError where database.isCopy && error.sqlState == "55006" {
          // A pooler keeps connections, and what watches a server connects to all its databases.
          database.isCopy = false
          try await server.execute("CREATE DATABASE \(name) TEMPLATE \(empty)")
        }
      } catch {
        // The server may have been done before it heard of the cancellation.
        if Task.isCancelled { await database.remove() }
        guard var denied = error as? SQLError, denied.code == .permissionDenied else { throw error }
        denied.hint = "scratch databases need a role that may make databases: ALTER ROLE ... CREATEDB"
        throw denied
      }
      do {
        try await ScratchServer.makeSchema(on: driver)
      } catch {
        await database.remove()
        throw error
      }
      return database
    }
  }
}
