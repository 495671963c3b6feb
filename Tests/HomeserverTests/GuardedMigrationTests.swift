import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@testable import HomeserverSchema

/// Versions 86 and 87 write one database at the same time, as in a rolling deployment.
@Suite struct GuardedMigrationTests {
  /// Two writers at random, and batches between; what the tables promise is looked at after every step.
  private struct Fleet {
    var history: RandomHistory
    var random: SplitMix
    let server: ExampleServer

    init(_ server: ExampleServer, seed: UInt64) {
      self.server = server
      history = RandomHistory(seed: seed)
      random = SplitMix(seed: seed &+ 1000)
    }

    /// - Returns: the first report that finds something wrong; nil where all is right throughout.
    mutating func sail(steps: Int) async throws -> VerificationReport? {
      for _ in 0..<steps {
        switch random.below(10) {
        case 0: try await server.update()
        case 1, 2: try await batch(of: server.registry.names.sorted()[random.below(4)])
        default:
          let writer = HomeserverWriter(random.chance(50) ? .v86 : .v87)
          let before = history
          history = try await server.session.run { connection in
            var history = before
            try history.step(writer, connection)
            return history
          }
        }
        let report = try await server.session.run { try $0.verify(.existingRowsAreRight) }
        if !report.isRight { return report }
      }
      return nil
    }

    /// One small batch of an update, if it is queued, as a runner that is stopped after it.
    private func batch(of name: String) async throws {
      guard let handler = HomeserverUpdates.handlers.first(where: { $0.name == name }) else { return }
      try await server.session.transaction { try run(handler, on: $0) }
    }

    private func run<Handler: UpdateHandler>(_ handler: Handler, on connection: Connection) throws {
      let row = try connection.queryRow(
        "SELECT progress_json FROM background_updates WHERE update_name = $1", [.text(handler.name)])
      guard let row else { return }
      let result = try handler.runBatch(Handler.Progress(json: row.text(0)), size: 3, on: connection)
      guard let next = result.next else { return }
      try connection.execute(
        "UPDATE background_updates SET progress_json = $2 WHERE update_name = $1",
        [.text(handler.name), .text(next.json)])
    }
  }

  private static let triggers: [Engine: String] = [
    .sqlite:
      "SELECT name FROM sqlite_master WHERE name LIKE 'gradus~_guard~_%' ESCAPE '~' AND type = 'trigger'",
    .postgres: """
    SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'gradus_guard_%'
    UNION ALL SELECT proname::text FROM pg_proc WHERE proname LIKE 'gradus_guard_%'
    """,
  ]

  @Test(arguments: TestDatabase.availableEngines, [1, 2, 3])
  func existingRowsAreRightAtEveryMoment(engine: Engine, seed: UInt64) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let server = try await ExampleServer(place)
      try await server.start(86)
      try await server.write(as: .v86, names: ["Before"])
      #expect(try await server.start(87).last == "install_guards")
      var fleet = Fleet(server, seed: seed)
      let wrong = try await fleet.sail(steps: 160)
      #expect(wrong == nil, "\(String(describing: wrong))")
      // All that older writers left is found, with no start in between.
      try await server.update()
      try await server.expectRight(.complete)

      let triggers = try #require(Self.triggers[engine])
      #expect(try await !server.session.run { try $0.query(triggers) }.isEmpty)
      let steps = try await server.start(88)
      let removal = try #require(steps.firstIndex(of: "remove_guards"))
      #expect(steps[removal + 1] == "certify")
      #expect(try await server.session.run { try $0.query(triggers) }.isEmpty)
      #expect(try await server.start(87) == [])
      try await server.expectRight(.complete)
    }
  }

  /// What the guards are for: without them the same story goes wrong.
  @Test(arguments: TestDatabase.availableEngines)
  func withoutGuardsRowsGoStale(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      var server = try await ExampleServer(place)
      for index in server.schema.ledger.gradualMigrations[0].staleness.indices {
        server.schema.ledger.gradualMigrations[0].staleness[index].guards = []
      }
      try await server.start(86)
      #expect(try await !server.start(87).contains("install_guards"))
      var fleet = Fleet(server, seed: 1)
      #expect(try await fleet.sail(steps: 160) != nil)
    }
  }

  /// Forgetting a room has no position: a start-up cannot find it, a guard does.
  @Test(arguments: TestDatabase.availableEngines)
  func forgettingInTheOlderVersion(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let server = try await ExampleServer(place)
      try await server.start(86)
      try await server.start(87)
      try await server.write(as: .v87, names: ["One", "Two"])
      try await server.update()
      try await server.session.transaction { connection in
        let row = try #require(
          try connection.queryRow(
            "SELECT room_id FROM local_current_membership WHERE user_id = '@b:example.org' ORDER BY room_id"))
        try HomeserverWriter(.v86).forget(connection, room: row.text(0), user: "@b:example.org")
      }
      try await server.expectRight(.existingRowsAreRight)
      try await server.update()
      try await server.expectRight(.complete)
    }
  }

  /// At the same time, not by turns; who looks meanwhile sees one moment.
  @Test(
    .enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"), arguments: [1, 2])
  func writersAndBatchesInParallel(seed: UInt64) async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let server = try await ExampleServer(place)
      try await server.start(86)
      try await server.start(87)
      let start = try await server.session.run { connection in
        var history = RandomHistory(seed: seed)
        for _ in 0..<30 { try history.step(HomeserverWriter(.v87), connection) }
        return history
      }
      async let updates: Void = {
        for _ in 0..<12 { try await server.update() }
      }()
      async let looks: Void = {
        let session = try await place.open()
        for _ in 0..<20 {
          let report = try await session.run { try $0.verify(.existingRowsAreRight) }
          #expect(report.isRight, "\(report)")
        }
      }()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for version in [HomeserverWriter.Version.v86, .v87] {
          group.addTask {
            let session = try await place.open()
            try await session.run { connection in
              var history = start
              // Rooms are the same for both, what happens in them is not.
              history.reseed(seed &+ UInt64(version.rawValue))
              for _ in 0..<100 {
                do { try history.step(HomeserverWriter(version), connection) } catch let error as SQLError
                  where error.code.isTransient
                {}
              }
            }
          }
        }
        try await group.waitForAll()
      }
      try await updates
      try await looks
      try await server.expectRight(.existingRowsAreRight)
      try await server.update()
      try await server.expectRight(.complete)
    }
  }
}
