import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus
@testable import GradusUpdates

/// Gradus's own tables change between its releases as an application's do: a newer one takes over what an older one has
/// left, and an older one that is put back goes on beside what a newer one has made.
@Suite struct EarlierFormatTests {
  private static let update = UpdateDeclaration(
    name: "double",
    kind: .backfill(
      .init(
        table: "numbers", key: ["b"],
        // What is done twice shows.
        sql: .init("UPDATE numbers SET double = coalesce(double, 0) + 2 * b WHERE {range}"))))

  private static let tree = [
    "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
    "schema/main/1/01_numbers.sql": "CREATE TABLE numbers (b BIGINT NOT NULL PRIMARY KEY, double BIGINT);",
    "delta/main/2/01_more.sql": "CREATE TABLE more (id BIGINT PRIMARY KEY);",
  ]

  private static func with<R: Sendable>(
    _ engine: Engine, _ format: EarlierFormat?, _ body: (Workshop, DatabaseMigrator) async throws -> R
  ) async throws -> R {
    let schema = try TemporarySchema(Self.tree)
    return try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      if let format { try await session.run { try format.make($0) } }
      let database = PhysicalDatabase(driver: place.driver)
      return try await body(
        Workshop(place: place, session: session, database: database),
        DatabaseMigrator(schema: try schema.definition(), database: database))
    }
  }

  /// Gradus's tables with their columns, and whether a row may be written without each.
  private static func columns(_ shop: Workshop) async throws -> [String: Bool] {
    let sql =
      switch shop.session.engine {
      case .sqlite:
        """
        SELECT m.name || '.' || c.name || ' ' || c.type, c."notnull" = 0 OR c.dflt_value IS NOT NULL
        FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
        WHERE m.type = 'table' AND m.name LIKE 'gradus~_%' ESCAPE '~'
        """
      case .postgres:
        """
        SELECT table_name || '.' || column_name || ' ' || data_type, is_nullable = 'YES' OR column_default IS NOT NULL
        FROM information_schema.columns WHERE table_schema = current_schema() AND table_name LIKE 'gradus\\_%'
        """
      }
    let rows = try await shop.session.run { try $0.query(sql) }
    let columns = try rows.map { row in
      (try row.text(0), row[1] == .boolean(true) || row[1] == .integer(1))
    }
    return Dictionary(uniqueKeysWithValues: columns)
  }

  /// A column that is added to `Bookkeeping.tables` has to be among those that join later, too.
  @Test(arguments: TestDatabase.availableEngines, EarlierFormat.allCases)
  func aMigrationBringsItToTheNewest(engine: Engine, format: EarlierFormat) async throws {
    let newest = try await Self.with(engine, nil) { shop, migrator in
      try await migrator.migrate(on: shop.session)
      return try await Self.columns(shop)
    }
    #expect(newest.count > 70)
    try await Self.with(engine, format) { shop, migrator in
      // Who only looks is told what there is.
      let listing = try await shop.session.run { try UpdateListing.read($0, registry: UpdateRegistry()) }
      #expect(listing.map(\.entry.name) == ["double", "failing"])
      let plan = try await migrator.migrate(on: shop.session)
      #expect(plan.steps.map(\.kind) == ["create_bookkeeping", "record_version", "apply_delta"])
      let columns = try await Self.columns(shop)
      #expect(columns.filter { newest[$0.key] != nil } == newest)
      // What nobody writes any more stands in nobody's way.
      #expect(columns.filter { newest[$0.key] == nil }.allSatisfy { $0.value })
      #expect(try await migrator.migrate(on: shop.session).isEmpty)
      #expect(try await shop.values("SELECT count(*) FROM gradus_deltas") == [2])
    }
  }

  /// No row is passed over, none done twice, and what was counted and parked stays so.
  @Test(arguments: TestDatabase.availableEngines, EarlierFormat.allCases)
  func itsUpdatesGoOn(engine: Engine, format: EarlierFormat) async throws {
    try await Self.with(engine, format) { shop, _ in
      let failing = Failing()
      let registry = UpdateRegistry(
        handlers: format.hasWorkers ? [failing] : [], declarations: [Self.update])
      let summary = try await shop.runner(registry).run()
      #expect(summary.completed == ["double"])
      #expect(summary.waiting.keys.sorted() == ["failing"])
      #expect(failing.attempts.count == 0)
      #expect(try await shop.session.run { try Numbers.wrong($0) } == 0)
      #expect(try await shop.session.run { try UpdateCertificate.read("double", on: $0) }?.scanned == 40)
      guard format.hasWorkers else { return }
      let queue = try await shop.session.run { try UpdateQueue(connection: $0).load() }
      #expect(queue.map(\.parkedReason) == ["of that time"])
      #expect(try await shop.session.run { try UpdateCertificate.read("earlier", on: $0) }?.scanned == 7)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func anEarlierProgramWritesWhatTheNewestHasMade(engine: Engine) async throws {
    try await Self.with(engine, nil) { shop, migrator in
      try await migrator.migrate(on: shop.session)
      try await shop.session.transaction { try $0.executeScript(EarlierFormat.writes) }
      #expect(try await migrator.migrate(on: shop.session).isEmpty)
      let queue = try await shop.session.run { try UpdateQueue(connection: $0).load() }
      #expect(queue.map(\.name) == ["double"])
      #expect(queue.first?.parkedReason == nil)
    }
  }

  /// Older statements name no column that they do not know.
  @Test func laterColumnsMayBeLeftOut() {
    for column in Bookkeeping.laterColumns {
      #expect(!column.type.contains("NOT NULL") || column.type.contains("DEFAULT"), "\(column)")
    }
  }
}
