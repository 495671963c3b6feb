import Foundation
import GradusPostgres
import GradusSQL
package import GradusTestSupport

/// A pgbouncer in transaction mode before a server of a test's own. It goes with this object.
package final class PgBouncer: Sendable {
  private let folder: URL
  private let port: UInt16
  private let server: ServerProcess

  private static let path = "/usr/sbin/pgbouncer"

  /// Whether tests that need one are to run: where it is missing they are skipped, and in continuous integration they
  /// fail.
  package static let isExpected =
    FileManager.default.isExecutableFile(atPath: path) || ProcessInfo.processInfo.environment["CI"] == "true"

  /// Starts one and waits until it hands connections on.
  ///
  /// - Parameters:
  ///   - cluster: the server behind it.
  ///   - settings: of pgbouncer, such as `default_pool_size`.
  /// - Throws: `ProgramFailure`.
  package static func start(for cluster: PostgresCluster, settings: [String: String] = [:]) async throws
    -> PgBouncer
  {
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw ProgramFailure(message: "no \(path): run tools/setup pgbouncer")
    }
    let bouncer = try PgBouncer(cluster, settings)
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      do {
        let driver = PostgresDriver(connectionString: bouncer.address(database: "postgres"))
        return try await Session.open(driver).run { connection in
          _ = try connection.query("SELECT 1")
          return bouncer
        }
      } catch let error as SQLError {
        guard ContinuousClock.now < deadline, bouncer.server.program.isRunning else {
          throw ProgramFailure(message: "pgbouncer does not start: \(error)\n\(bouncer.log)")
        }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private init(_ cluster: PostgresCluster, _ settings: [String: String]) throws {
    folder = try ServerProcess.makeFolder("gradus-pb")
    port = try LoopbackPort.free()
    let all = [
      "listen_addr": "127.0.0.1", "listen_port": "\(port)", "unix_socket_dir": folder.path,
      "auth_type": "any",
      "pool_mode": "transaction", "default_pool_size": "20",
    ].merging(settings) { $1 }
    let text =
      "[databases]\n* = host=\(cluster.folder.path) port=\(cluster.port) user=postgres\n[pgbouncer]\n"
      + all.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
    let file = folder.appending(path: "pgbouncer.ini")
    try Data(text.utf8).write(to: file)
    server = try ServerProcess([Self.path, file.path], in: folder)
  }

  deinit {
    server.end()
    for _ in 0..<250 where server.program.isRunning { usleep(20_000) }
    try? FileManager.default.removeItem(at: folder)
  }

  /// The connection string of a database of the server behind it.
  package func address(database: String) -> String {
    "postgresql:///\(database)?host=\(folder.path)&port=\(port)&user=postgres"
  }

  /// A database of the server behind it.
  package func database(_ name: String) -> TestDatabase {
    TestDatabase(at: .postgres(address(database: name)))
  }

  /// What it has written to its log.
  package var log: String { server.program.messages }
}
