import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

@testable import GradusPostgres

/// A server, or the way to it, that falls silent: nobody waits for ever who does not want to.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct SilenceTests {
  @Test func ofAServerThatTakesAConnectionAndSaysNothing() async throws {
    let cluster = try await SharedCluster.get()
    let proxy = try TCPProxy(to: cluster.port)
    let driver = try await cluster.makeDatabase().with("connect_timeout=2").through(port: proxy.port)
    proxy.arm(.silence, at: .byte(0, .toServer))
    let error = await #expect(throws: SQLError.self) { _ = try await Session.open(driver) }
    #expect(error?.code == .cannotConnect)
    #expect(error?.message.contains("timeout expired") == true, "\(String(describing: error))")
    // The next one is served.
    _ = try await Session.open(driver)
  }

  /// What the string does not say is ours, what it says is its own.
  @Test func defaults() throws {
    func keywords(_ string: String) throws -> Set<String> {
      Set(try ConnectionSettings(parsing: string).defaults.map(\.keyword))
    }
    let all: Set = [
      "connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
    ]
    #expect(try keywords("host=localhost") == all)
    #expect(try keywords("host=localhost connect_timeout=3") == all.subtracting(["connect_timeout"]))
    #expect(
      try keywords("postgres://localhost/a?tcp_user_timeout=0") == all.subtracting(["tcp_user_timeout"]))
    #expect(try keywords("service=mine").isEmpty)
  }

  /// Who asks for an end gets one, also where the request to cancel is lost as well. Nothing is half done.
  @Test(arguments: [TCPProxy.Fault.silence, .blackout])
  func anInterruptedRunEnds(fault: TCPProxy.Fault) async throws {
    let tree = try TemporarySchema.manyDeltas(customers: 40, orders: 160, deltas: 2)
    let cluster = try await SharedCluster.get()
    let proxy = try TCPProxy(to: cluster.port)
    let database = try await cluster.makeDatabase()
    let name = try await database.values("SELECT current_database()::text")[0]
    let arguments = ["migrate", "--schema-root", tree.root.path, "--database"]
    proxy.arm(fault, at: .text("COMMIT\u{0}", 5, .toClient))
    let program = try Program.gradus.start(
      arguments + [database.address + "&host=127.0.0.1&port=\(proxy.port)"], timeLimit: .seconds(100))
    while !proxy.traffic.hasStruck { try await Task.sleep(for: .milliseconds(10)) }
    program.send(SIGINT)
    let result = try await program.result()
    #expect(result.code == 130, "\(result)")
    // Nobody has told the server: what it still holds for the one that is gone, an operator ends.
    try await cluster.open().run {
      _ = try $0.execute(
        """
        SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE client_addr = '127.0.0.1' AND datname = $1
        """, [name])
    }
    let again = try await Program.gradus.run(arguments + [database.address])
    #expect(again.code == 0, "\(again)")
    #expect(try await database.values("SELECT DISTINCT touched FROM orders") == [1])
    #expect(try await database.values("SELECT count(*) FROM totals") == [40])
  }
}
