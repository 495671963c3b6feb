import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverSchema
import HomeserverFixtures
import Testing

/// The worked example through its whole migration, by the same steps as an application's start-up.
@Suite struct GradualMigrationTests {
  private struct Homeserver {
    let database: PhysicalDatabase
    let session: Session
    let schema: SchemaDefinition
    let registry: UpdateRegistry

    init(_ place: TestDatabase) async throws {
      database = PhysicalDatabase(driver: place.driver)
      session = try await place.open()
      schema = try SchemaDefinition(
        root: Fixtures.packageRoot, knownUpdates: Set(HomeserverUpdates.handlers.map(\.name)))
      registry = UpdateRegistry(
        handlers: HomeserverUpdates.handlers, declarations: schema.tree.declarations.values)
    }

    @discardableResult
    func start(_ version: Int) async throws -> [String] {
      var schema = schema
      schema.ledger = try schema.ledger.acting(as: version)
      return try await DatabaseMigrator(
        schema: schema, database: database, completer: ForegroundRunner(registry: registry)
      ).migrate(on: session).steps.map(\.kind)
    }

    func update() async throws {
      let summary = try await UpdateRunner(
        session: session, registry: registry,
        options: UpdateOptions(batches: BatchOptions(pause: .zero, defaultBatchSize: 50))
      ).run()
      #expect(summary.waiting.isEmpty)
    }

    func write(as version: HomeserverWriter.Version, names: [String]) async throws {
      let writer = HomeserverWriter(version)
      try await session.transaction { connection in
        for name in names {
          let room = try writer.createRoom(
            connection, name: name, creator: "@a:example.org",
            members: [("@b:example.org", .join), ("@c:remote", .join)])
          try writer.sendMessage(connection, room: room, sender: "@b:example.org")
          try writer.setMembership(connection, room: room, user: "@b:example.org", .leave)
        }
      }
    }

    func expectRight(_ mode: DerivedRowsVerifier.Mode) async throws {
      let report = try await session.transaction(.read) { try DerivedRowsVerifier(mode).verify($0) }
      #expect(report.isRight, "\(report)")
      #expect(report.rowsRequired > 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func straightToNPlusTwo(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let homeserver = try await Homeserver(place)
      try await homeserver.start(86)
      try await SampleDatabase(rooms: 40, memberships: 300, users: 60).fill(homeserver.session)
      let steps = try await homeserver.start(88)
      #expect(steps.first == "raise_compat")
      #expect(steps.contains("complete_updates"))
      try await homeserver.expectRight(.complete)
      #expect(try await homeserver.start(88) == [])
      #expect(try await homeserver.start(87) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func throughARollback(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let homeserver = try await Homeserver(place)
      try await homeserver.start(86)
      try await SampleDatabase(rooms: 40, memberships: 300, users: 60).fill(homeserver.session)
      try await homeserver.start(87)
      try await homeserver.write(as: .v87, names: ["One", "Two"])
      try await homeserver.expectRight(.existingRowsAreRight)
      try await homeserver.update()
      try await homeserver.expectRight(.complete)

      // Twice back to N, the first time with the catch-up of the second still to come.
      for name in ["Three", "Four"] {
        #expect(try await homeserver.start(86) == [])
        try await homeserver.write(as: .v86, names: [name])
        #expect(try await homeserver.start(87) == ["purge_stale", "purge_stale"])
        try await homeserver.expectRight(.existingRowsAreRight)
        #expect(try await homeserver.start(87) == [])
      }
      try await homeserver.write(as: .v87, names: ["Five"])
      try await homeserver.start(88)
      try await homeserver.expectRight(.complete)
      let error = try #require(await #expect(throws: GradusError.self) { try await homeserver.start(86) })
      #expect(error.code == .databaseTooNew)
    }
  }
}
