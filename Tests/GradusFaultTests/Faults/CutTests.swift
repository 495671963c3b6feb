import Foundation
import Gradus
import GradusPostgres
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A connection that is cut at any byte: the run says so, and the next one comes to what an undisturbed one comes to.
@Suite(.serialized, .enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct CutTests {
  /// How an answer to COMMIT ends.
  private static let committed = "COMMIT\u{0}"

  @Test func anywhereInAWholeLife() async throws {
    var random = SeededGenerator()
    let (life, cluster) = (try Life.short(), try await SharedCluster.get())
    let proxy = try TCPProxy(to: cluster.port)
    let expected = try await life.expected(.postgres)
    let measured = try await cluster.makeDatabase()
    proxy.arm(nil, at: .text(Self.committed, 0, .toClient))
    try await life.run(measured.through(port: proxy.port))
    let undisturbed = proxy.traffic
    DatabaseDump.expectEqual(try await Life.result(measured), expected, seed: random.seed)

    let places = Self.places(in: undisturbed, &random)
    var struck = 0
    for place in places {
      let database = try await cluster.makeDatabase()
      let driver = database.through(port: proxy.port)
      proxy.arm(.cut, at: place)
      do { try await life.run(driver) } catch { Self.expectTelling(error, place, seed: random.seed) }
      if proxy.traffic.hasStruck { struck += 1 }
      proxy.arm(nil)
      // The server may not have noticed yet: then this one waits for the lock.
      await #expect(throws: Never.self, "seed \(random.seed), after a cut at \(place)") {
        try await life.run(driver)
      }
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: random.seed)
    }
    // The last bytes of a run are not always the same.
    #expect(struck * 10 >= places.count * 9, "seed \(random.seed): \(struck) of \(places.count)")
    print(
      "cuts: \(struck) of \(places.count) in \(undisturbed.bytes) bytes, \(undisturbed.texts) commits, seed \(random.seed)"
    )
  }

  /// Evenly spread and at random in both directions; and where a commit is done and its answer is lost.
  private static func places(in traffic: TCPProxy.Traffic, _ random: inout SeededGenerator) -> [TCPProxy
    .Place]
  {
    let (even, wild, commits) = (FaultScale.times(8), FaultScale.times(6), FaultScale.times(8))
    var places: [TCPProxy.Place] = []
    for direction in TCPProxy.Direction.allCases {
      let bytes = traffic.bytes[direction]!
      places += (0..<even).map { .byte($0 * bytes / even, direction) }
      places += (0..<wild).map { _ in .byte(Int.random(in: 0..<bytes, using: &random), direction) }
    }
    let answers = (0..<commits).map { 1 + $0 * traffic.texts / commits }
    return places + Set(answers).sorted().map { .text(committed, $0, .toClient) }
  }

  /// The error names the cause, and what to do next.
  private static func expectTelling(_ error: any Error, _ place: TCPProxy.Place, seed: UInt64) {
    let sqlError = error.sqlError
    #expect(
      sqlError?.code == .connectionLost || sqlError?.code == .cannotConnect,
      "seed \(seed), cut at \(place): \(error)")
    #expect("\(error)".contains("hint:"), "seed \(seed), cut at \(place): \(error)")
  }

  /// As an operator sees it: the program connects again by itself, and where it may not says what to do.
  @Test(arguments: [true, false])
  func ofTheProgram(connectsAgain: Bool) async throws {
    let tree = try TemporarySchema.manyDeltas(customers: 40, orders: 160, deltas: 2)
    if !connectsAgain { try tree.write("gradus.yaml", "background_updates: {reconnect_timeout_ms: 0}\n") }
    let cluster = try await SharedCluster.get()
    let proxy = try TCPProxy(to: cluster.port)
    func migrate(_ database: TestDatabase) async throws -> ProgramResult {
      // One worker: a second one that loses its connection leaves its work to the first.
      try await Shop(schema: tree, database: database).gradus("migrate", "--foreground-workers", "1")
    }
    let undisturbed = try await cluster.makeDatabase()
    #expect(try await migrate(undisturbed).code == 0)
    let expected = try await Life.result(undisturbed)
    for commit in [2, 7] {
      let database = try await cluster.makeDatabase()
      let way = database.with("host=127.0.0.1&port=\(proxy.port)")
      proxy.arm(.cut, at: .text(Self.committed, commit, .toClient))
      let cut = try await migrate(way)
      #expect(proxy.traffic.hasStruck)
      if connectsAgain {
        #expect(cut.code == 0, "\(cut)")
        #expect(cut.messages.contains("connected again"), "\(cut)")
      } else {
        #expect(cut.code == 1, "\(cut)")
        #expect(cut.messages.contains("run again"), "\(cut)")
        #expect(try await migrate(way).code == 0)
      }
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
    }
  }

  /// Before anything is known of the database, which is when most starts are over.
  @Test func ofTheFirstLook() async throws {
    let cluster = try await SharedCluster.get()
    let (proxy, database) = (try TCPProxy(to: cluster.port), try await cluster.makeDatabase())
    let way = database.with("host=127.0.0.1&port=\(proxy.port)")
    proxy.arm(.cut, at: .text("schema_compat_version", 1, .toServer))
    let result = try await Shop(schema: .shop(), database: way).gradus("migrate", "--to", "2")
    #expect(proxy.traffic.hasStruck)
    #expect(result.code == 0, "\(result)")
    #expect(result.messages.contains("connected again"), "\(result)")
  }

  /// What an operator has decided of a delta holds until it is written, over as many connections as that takes: one whose
  /// file was renamed, say, would be run again.
  @Test func ofADecisionOnADelta() async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_log.sql": "CREATE TABLE log (line BIGINT);",
      "delta/main/2/01_line.sql": "INSERT INTO log VALUES (1);",
    ])
    let cluster = try await SharedCluster.get()
    let (proxy, database) = (try TCPProxy(to: cluster.port), try await cluster.makeDatabase())
    try await #require(Shop(schema: tree, database: database).gradus("migrate").code == 0)
    let folder = tree.root.appending(path: "delta/main/2")
    try FileManager.default.moveItem(
      at: folder.appending(path: "01_line.sql"), to: folder.appending(path: "02_line.sql"))
    let way = database.with("host=127.0.0.1&port=\(proxy.port)")
    proxy.arm(.cut, at: .text("DELETE FROM gradus_delta_attempts", 1, .toServer))
    let result = try await Shop(schema: tree, database: way).gradus(
      "migrate", "--mark-applied", "2/02_line.sql")
    #expect(proxy.traffic.hasStruck)
    #expect(result.code == 0 && result.messages.contains("connected again"), "\(result)")
    #expect(try await database.values("SELECT line FROM log") == [1])
    #expect(
      try await database.values("SELECT file FROM applied_schema_deltas ORDER BY 1")
        == ["2/01_line.sql", "2/02_line.sql"])
  }
}
