package import Foundation
import GradusPostgres
package import GradusSQL
import Synchronization

/// A PostgreSQL server that a test starts, stops, breaks and promotes as it likes. It goes with this object, and with
/// the test's process.
///
/// It listens on a Unix socket in its folder and on a loopback port of its own; who connects is trusted.
package final class PostgresCluster: Sendable {
  /// Where its files are.
  package let folder: URL
  /// The loopback port.
  package let port: UInt16
  private let settings: [String: String]
  private let running = Mutex<ServerProcess?>(nil)

  /// How to stop.
  package enum Stop: Sendable {
    /// Sessions are cut off, what is committed is written.
    case fast
    /// As a crash: the next start recovers from the log.
    case immediate

    fileprivate var signal: Int32 { self == .fast ? SIGINT : SIGQUIT }
  }

  /// Makes a server and starts it.
  ///
  /// - Parameters:
  ///   - settings: of the server, such as `max_connections`.
  ///   - parent: the folder in which its own is made, such as a small file system's. A short path, as a Unix socket's
  ///     has at most 107 bytes.
  /// - Throws: `ProgramFailure`.
  package static func start(settings: [String: String] = [:], in parent: String = "/tmp") async throws
    -> PostgresCluster
  {
    let cluster = try PostgresCluster(settings: settings, in: parent)
    try await cluster.run(
      "initdb",
      [
        "--pgdata=\(cluster.data)", "--username=postgres", "--auth=trust", "--locale=C", "--encoding=UTF8",
        "--no-sync",
      ])
    try await cluster.start()
    return cluster
  }

  /// Makes a standby that streams from this server, and starts it.
  ///
  /// - Parameter settings: of the standby.
  /// - Throws: `ProgramFailure`.
  package func startStandby(settings: [String: String] = [:]) async throws -> PostgresCluster {
    let standby = try PostgresCluster(
      settings: self.settings.merging(settings) { $1 }, in: folder.deletingLastPathComponent().path)
    try await standby.run(
      "pg_basebackup",
      [
        "--pgdata=\(standby.data)", "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
        "--dbname=\(address(database: "postgres"))",
      ])
    try await standby.start()
    return standby
  }

  private init(settings: [String: String], in parent: String) throws {
    folder = try ServerProcess.makeFolder("gradus-pg", in: parent)
    port = try LoopbackPort.free()
    self.settings = settings
  }

  deinit {
    if let server = running.withLock({ $0 }) {
      if let id = processID { kill(id, SIGQUIT) }
      server.end()
      for _ in 0..<250 where server.program.isRunning { usleep(20_000) }
    }
    try? FileManager.default.removeItem(at: folder)
  }

  /// The connection string of a database.
  ///
  /// - Parameter database: its name.
  package func address(database: String) -> String {
    "postgresql:///\(database)?host=\(folder.path)&port=\(port)&user=postgres"
  }

  /// Opens a session.
  package func open(database: String = "postgres") async throws -> Session {
    try await Session.open(PostgresDriver(connectionString: address(database: database)))
  }

  /// Starts the server, unless it runs, and waits until it can be connected to.
  package func start() async throws {
    guard running.withLock({ $0 == nil }) else { return }
    let server = try ServerProcess([try Self.program("postgres"), "-D", data] + options, in: folder)
    running.withLock { $0 = server }
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      do {
        let session = try await open()
        try await session.run { _ = try $0.query("SELECT 1") }
        return
      } catch let error as SQLError {
        guard ContinuousClock.now < deadline, server.program.isRunning else {
          throw ProgramFailure(message: "the server does not start: \(error)\n\(server.program.messages)")
        }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  /// Stops the server and waits for its end.
  package func stop(_ how: Stop = .fast) async throws {
    guard
      let server = running.withLock({ running in
        defer { running = nil }
        return running
      })
    else { return }
    let id = processID
    if let id { kill(id, how.signal) }
    while let id, kill(id, 0) == 0 { try await Task.sleep(for: .milliseconds(5)) }
    server.end()
    _ = try await server.program.result()
  }

  /// Makes a primary of a standby.
  package func promote() async throws { try await run("pg_ctl", ["promote", "--pgdata=\(data)"]) }

  /// What the server has written to its log since it was started.
  package var log: String { running.withLock { $0?.program.messages ?? "" } }

  /// The id of the server's first process.
  package var processID: Int32? {
    let text = try? String(contentsOf: folder.appending(path: "data/postmaster.pid"), encoding: .utf8)
    return text?.split(separator: "\n").first.flatMap { Int32($0) }
  }

  private var data: String { folder.appending(path: "data").path }

  private var options: [String] {
    let all = [
      "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": folder.path,
      "fsync": "off", "full_page_writes": "off", "max_connections": "60", "max_prepared_transactions": "10",
    ].merging(settings) { $1 }
    return all.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
  }

  private func run(_ name: String, _ arguments: [String]) async throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ServerProcess.asOwner + [try Self.program(name)] + arguments
    process.currentDirectoryURL = folder
    let result = try await RunningProgram(process, timeLimit: .seconds(60)).result()
    guard result.code == 0 else { throw ProgramFailure(message: "\(name): \(result)") }
  }

  private static func program(_ name: String) throws -> String {
    let path = try folderOfPrograms.get() + "/" + name
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw ProgramFailure(message: "no \(path): run tools/setup")
    }
    return path
  }

  private static let folderOfPrograms = Result {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["pg_config", "--bindir"]
    process.standardOutput = pipe
    try process.run()
    let text = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
