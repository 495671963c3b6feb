import Foundation
import Gradus
import GradusPort
import GradusSQL
import GradusSQLite
import GradusTestSupport
import GradusUpdates

/// A source and an empty target for a test, with a schema.
struct PortPlace {
  let schema: TemporarySchema
  let source: TestDatabase
  let target: TestDatabase
  /// How long a port waits for others at the source, in milliseconds.
  var busyTimeout: Int32 = 10_000

  /// Runs a test with both databases; the source is at the schema's version.
  static func with(_ files: [String: String], version: Int? = nil, _ body: (PortPlace) async throws -> Void)
    async throws
  {
    try await TestDatabase.withDatabase(.sqlite) { source in
      try await TestDatabase.withDatabase(.postgres) { target in
        let place = PortPlace(schema: try TemporarySchema(files), source: source, target: target)
        let session = try await source.open()
        try await place.migrate(to: version, on: session)
        try await body(place)
      }
    }
  }

  /// Runs a test with a ledger of one version, and its tables.
  static func with(
    sqlite: String, postgres: String, port: String = "", _ body: (PortPlace) async throws -> Void
  ) async throws {
    try await with(files(sqlite: sqlite, postgres: postgres, port: port), body)
  }

  /// Brings the source to a version; to the schema's where it is nil.
  func migrate(to version: Int? = nil, on session: Session) async throws {
    try await DatabaseMigrator(
      schema: schema.definition(to: version), database: PhysicalDatabase(driver: source.driver),
      completer: runner
    ).migrate(on: session)
  }

  /// A ledger of one version, and its tables.
  static func files(
    sqlite: String, postgres: String, port: String = ""
  ) -> [String: String] {
    [
      "schema/schema.yaml": "version: 1\ncompat_version: 1\nversions: {1: {compat: 1}}\n" + port,
      "schema/main/1/01_tables.sql.sqlite": sqlite,
      "schema/main/1/01_tables.sql.postgres": postgres,
    ]
  }

  var runner: ForegroundRunner {
    get throws {
      ForegroundRunner(
        registry: UpdateRegistry(
          handlers: [], declarations: Array(try schema.definition().tree.declarations.values)))
    }
  }

  /// - Parameter driver: opens the connections to the target, where others are wanted than it has by itself.
  func port(
    _ options: PortOptions = PortOptions(), isDryRun: Bool = false, version: Int? = nil,
    through driver: (any Driver)? = nil, completer: (any ForegroundCompleter)? = nil,
    report: @escaping @Sendable (PortEvent) -> Void = { _ in }
  ) async throws -> PortResult {
    let completer = try completer ?? runner
    guard case .sqlite(let path) = source.location else { preconditionFailure("the source is SQLite's") }
    return try await DatabasePort(
      definition: schema.definition(),
      source: PhysicalDatabase(driver: SQLiteDriver(path: path, busyTimeout: busyTimeout)),
      target: PhysicalDatabase(driver: driver ?? target.driver), version: version, options: options,
      completer: { _ in completer }, report: report
    ).run(isDryRun: isDryRun)
  }

  /// The reasons of a refusal; fails the test where there is none.
  func refusal(_ options: PortOptions = PortOptions(), version: Int? = nil) async throws -> [String] {
    do {
      _ = try await port(options, version: version)
    } catch let error as PortRefused { return error.reasons }
    return []
  }

  func write(_ sql: String...) async throws { try await Self.write(sql, source) }

  func writeTarget(_ sql: String...) async throws { try await Self.write(sql, target) }

  /// What the target's sessions have from their beginning.
  func setOfTarget(_ setting: String, _ value: String) async throws {
    try await writeTarget(
      """
      DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET %I = %L', current_database(), '\(setting)', '\(value)');
      END $$
      """)
  }

  /// Changes rows of a target that is complete, as if the copy had gone wrong: the next port compares it anew.
  func damage(_ sql: String...) async throws {
    try await Self.write(["UPDATE gradus_port_state SET phase = 'verifying'"] + sql, target)
  }

  private static func write(_ sql: [String], _ database: TestDatabase) async throws {
    let session = try await database.open()
    try await session.run { connection in for statement in sql { try connection.execute(statement) } }
  }

  /// Rows of the target.
  func rows(_ sql: String) async throws -> [[SQLValue]] {
    try await target.open().run { try $0.query(sql).map(\.values) }
  }
}
