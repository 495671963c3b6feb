import Foundation
package import GradusSQL
import GradusSQLite

/// An empty database that is removed after use: a temporary file, or a database `gradus_scratch_...` on a server.
package struct ScratchDatabase: Sendable {
  /// Opens connections to it.
  package let driver: any Driver
  private let discard: @Sendable () async throws -> Void

  /// Runs `body` with an empty database.
  ///
  /// - Parameters:
  ///   - engine: the engine.
  ///   - server: where databases of PostgreSQL are made.
  /// - Throws: what `body` throws; `SQLError` where none can be made.
  package static func with<R: Sendable>(
    _ engine: Engine, on server: ScratchServer?, _ body: (ScratchDatabase) async throws -> R
  ) async throws -> R {
    let database = try await make(engine, server)
    let result: Result<R, any Error>
    do { result = .success(try await body(database)) } catch { result = .failure(error) }
    await database.remove()
    return try result.get()
  }

  /// Not by `defer`, as it has to wait for the server, and in a task of its own: one that was cancelled runs no statement.
  /// It may fail without harm to the result.
  private func remove() async { await Task { try? await discard() }.value }

  private static func make(_ engine: Engine, _ server: ScratchServer?) async throws -> ScratchDatabase {
    let name = "gradus_scratch_" + UUID().uuidString.lowercased().filter { $0 != "-" }
    switch engine {
    case .sqlite:
      let folder = FileManager.default.temporaryDirectory.appending(path: name, directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return ScratchDatabase(driver: SQLiteDriver(path: folder.appending(path: "scratch.db").path)) {
        try DatabaseFolder.remove(folder)
      }
    case .postgres:
      guard let server else {
        throw SQLError(
          .invalidConfiguration, "no PostgreSQL server for scratch databases is given",
          hint:
            "give --scratch postgres://localhost/postgres or set GRADUS_SCRATCH; a role that may CREATE DATABASE"
        )
      }
      let driver = try ScratchServer.driver(server.address(of: name))
      let database = ScratchDatabase(driver: driver) {
        try await server.execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
      }
      do {
        try await server.execute("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
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
