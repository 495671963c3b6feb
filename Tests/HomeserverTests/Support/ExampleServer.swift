import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import HomeserverSchema
import Testing

/// The worked example on one database: started as one of its versions, written by any of them.
struct ExampleServer {
  let database: PhysicalDatabase
  let session: Session
  var schema: SchemaDefinition
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
    try await DatabaseMigrator(
      schema: schema.acting(as: version), database: database, completer: ForegroundRunner(registry: registry)
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
