import GradusSQL
import GradusTestSupport

@testable import Gradus

/// A shop's database at version 2, whose compat version 3 raises from 1 to 2.
struct FencedShop: Sendable {
  let database: TestDatabase
  let physical: PhysicalDatabase
  private let definitions: [SchemaDefinition]

  /// - Parameter driver: makes another driver of the database's own.
  static func with(
    _ engine: Engine, driver: (any Driver) -> any Driver = { $0 }, _ body: (FencedShop) async throws -> Void
  ) async throws {
    let tree = try TemporarySchema.shop()
    let definitions = try (1...3).map { try tree.definition(to: $0) }
    try await TestDatabase.withDatabase(engine) { database in
      let shop = FencedShop(
        database: database, physical: PhysicalDatabase(driver: driver(database.driver)),
        definitions: definitions)
      try await shop.migrate(to: 2)
      try await body(shop)
    }
  }

  func migrator(
    to version: Int, _ options: DatabaseMigrator.Options = .init(fenceTimeout: .zero),
    report: @escaping @Sendable (MigrationEvent) -> Void = { _ in }
  ) -> DatabaseMigrator {
    DatabaseMigrator(
      schema: definitions[version - 1], database: physical, options: options,
      completer: DeletingCompleter(), report: report)
  }

  @discardableResult
  func migrate(to version: Int, _ options: DatabaseMigrator.Options = .init(fenceTimeout: .zero)) async throws
    -> Plan
  {
    try await migrator(to: version, options).migrate(on: Session.open(physical.driver))
  }

  /// A migration to version 3 that waits for others as long as it takes, and who it waits for.
  func startMigrating() -> (Task<Plan, any Error>, AsyncStream<[VersionHolder]>) {
    let (stream, continuation) = AsyncStream.makeStream(of: [VersionHolder].self)
    let migrator = migrator(to: 3, .init(fenceTimeout: .seconds(600))) { event in
      if case .versionsRunning(let holders, 2) = event { continuation.yield(holders) }
    }
    let task = Task {
      defer { continuation.finish() }
      return try await migrator.migrate(on: Session.open(physical.driver))
    }
    return (task, stream)
  }

  /// Announces a version, without looking after it.
  func announce(
    _ version: Int, report: @escaping @Sendable (PresenceEvent) -> Void = { _ in }
  ) async throws -> VersionPresence {
    try await VersionPresence.announce(version: version, on: physical, checkingEvery: nil, report: report)
  }

  func holders() async throws -> [VersionHolder] {
    try await LiveVersions.holders(of: physical, on: database.open())
  }

  func compat() async throws -> Int64? {
    try await database.open().run {
      try $0.queryRow("SELECT compat_version FROM schema_compat_version")?.integer(0)
    }
  }

  /// Ends the server process of whoever says something of this kind, and waits until it no longer does.
  func terminate(_ kind: LiveKind) async throws {
    let session = try await database.open()
    for holder in try await session.run({ try AdvisoryVersions.read(kind, $0) }) {
      try await session.run { connection in
        _ = try connection.query("SELECT pg_terminate_backend($1::int)", [SQLValue(holder.process)])
        while try AdvisoryVersions.read(kind, connection).contains(holder) {}
      }
    }
  }
}
