import Foundation
import Gradus
import GradusSQL
import GradusSQLite
import GradusService
import GradusTestSupport
import GradusUpdates
import Logging
import ServiceLifecycle
import Testing

/// What the README and docs/updates.md show, word for word but for the paths and, lest it touch this process's own, the
/// signals.
@Suite struct EmbeddingTests {
  @Test func startUpAndBackground() async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(.sqlite) { place in
      guard case .sqlite(let path) = place.location else { return }

      let schema = try SchemaDefinition(root: tree.root)
      let updates = UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values)
      let database = PhysicalDatabase(driver: SQLiteDriver(path: path))

      let presence = try await VersionPresence.announce(version: schema.ledger.version, on: database)

      let session = try await Session.open(database.driver)
      try await DatabaseMigrator(
        schema: schema, database: database, completer: ForegroundRunner(registry: updates)
      ).migrate(on: session)

      let group = ServiceGroup(
        services: [UpdateService(databases: [database], registry: updates)],
        logger: Logger(label: "shop"))
      async let serving: Void = group.run()
      await group.triggerGracefulShutdown()
      try await serving
      await presence.release()
      let version = try await session.run {
        try $0.queryRow("SELECT version FROM schema_version")?.integer(0)
      }
      #expect(version == 3)
      let isComplete = try await session.run { try updates.hasCompleted("fill_totals", on: $0) }
      #expect(isComplete)
    }
  }

  /// Makes way for the shop's customers.
  struct QuietHours: UpdateScope {
    let customers: @Sendable () -> Int

    func enter() async throws -> Int {
      while customers() > 100 { try await Task.sleep(for: .seconds(1)) }
      return customers() == 0 ? 500 : 50  // milliseconds for the next batch
    }
  }

  @Test func anApplicationsOwnPacing() async throws {
    let customers: @Sendable () -> Int = { 0 }

    let pacing = UpdatePacing()
    pacing.register(
      ControllerCallbacks(
        onUpdate: { updateName, databaseName, oneShot in QuietHours(customers: customers) },
        defaultBatchSize: { updateName, databaseName in 200 }))
    let environment = UpdateRunner.Environment(
      pacing: pacing, logger: .silent)

    try await Workshop.with(.sqlite, numbers: 300, [Numbers.backfill.queueRow]) { shop in
      let registry = UpdateRegistry(declarations: [Numbers.backfill])
      let events = Events()
      let runner = try await shop.runner(registry, UpdateOptions(), environment, report: events.report)
      #expect(try await runner.run().completed == ["double"])
      let sizes = events.all.compactMap { if case .batch(_, let batch) = $0 { batch.size } else { nil } }
      #expect(sizes.first == 200)
    }
  }
}
