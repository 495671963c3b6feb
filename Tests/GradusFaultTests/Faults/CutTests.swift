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
    let sqlError = error as? SQLError ?? (error as? GradusError)?.cause
    #expect(
      sqlError?.code == .connectionLost || sqlError?.code == .cannotConnect,
      "seed \(seed), cut at \(place): \(error)")
    #expect("\(error)".contains("hint:"), "seed \(seed), cut at \(place): \(error)")
  }

  /// As an operator sees it.
  @Test func ofTheProgram() async throws {
    let tree = try TemporarySchema.manyDeltas(customers: 40, orders: 160, deltas: 2)
    let cluster = try await SharedCluster.get()
    let proxy = try TCPProxy(to: cluster.port)
    try tree.write("impatient.yaml", "background_updates: {reconnect_timeout_ms: 0}")
    func migrate(
      _ database: TestDatabase, _ options: String = "", isPatient: Bool = true
    ) async throws -> ProgramResult {
      let configuration = ["--config", tree.root.appending(path: "impatient.yaml").path]
      return try await Program.gradus.run(
        ["migrate", "--schema-root", tree.root.path, "--database", database.address + options]
          + (isPatient ? [] : configuration))
    }
    let undisturbed = try await cluster.makeDatabase()
    #expect(try await migrate(undisturbed).code == 0)
    let expected = try await Life.result(undisturbed)
    for commit in [2, 7] {
      let database = try await cluster.makeDatabase()
      let way = "&host=127.0.0.1&port=\(proxy.port)"
      proxy.arm(.cut, at: .text(Self.committed, commit, .toClient))
      let cut = try await migrate(database, way, isPatient: false)
      #expect(cut.code == 1, "\(cut)")
      #expect(cut.messages.contains("run again"), "\(cut)")
      // By itself it connects again.
      proxy.arm(.cut, at: .text(Self.committed, 2, .toClient))
      let patient = try await migrate(database, way)
      #expect(patient.code == 0, "\(patient)")
      #expect(patient.messages.contains("connected again"), "\(patient)")
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
    }
  }
}
