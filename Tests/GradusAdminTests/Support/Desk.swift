import Foundation
import Gradus
import GradusAdmin
import GradusReports
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverSchema
import Logging

/// An admin API with a database of its own, whose queue holds some updates.
struct Desk {
  let database: TestDatabase
  let configuration: AdminConfiguration
  let api: AdminAPI

  static let compat = AdminPaths.standardCompat
  static let native = AdminPaths.standardNative
  static let adminToken = "the admin's token, of many bytes".replacing(" ", with: "-")
  static let readToken = "the reader's token, of many bytes".replacing(" ", with: "-")

  /// Updates to fill a table, to fail, to wait, and one that no program knows.
  static func schema(orders: Int = 300) throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\n",
      "schema/main/1/01_orders.sql": """
      CREATE TABLE orders (id BIGINT PRIMARY KEY, touched BIGINT NOT NULL DEFAULT 0);
      INSERT INTO orders (id) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < \(orders))
        SELECT n FROM c;
      """,
      "schema/state/1/01_notes.sql": "CREATE TABLE notes (id BIGINT);",
      "delta/main/2/01_updates.updates.yaml": """
      updates:
        - {name: touch, kind: backfill, table: orders, key: id, sql: "UPDATE orders SET touched = touched + 1 WHERE {range}"}
        - {name: broken, kind: sql, sql: "INSERT INTO nowhere VALUES (1)"}
        - {name: late, kind: sql, depends_on: touch, sql: "INSERT INTO orders (id) VALUES (-1)"}
      """,
      "delta/main/2/02_foreign.sql":
        "INSERT INTO background_updates (update_name, ordering, progress_json) VALUES ('foreign', 900, '{\"a\": 1}');",
    ])
  }

  static let tokens = AdminTokens([
    AdminToken(scope: .admin, hash: AdminToken.hash(of: adminToken), label: "alice"),
    AdminToken(scope: .read, hash: AdminToken.hash(of: readToken), label: "grafana"),
  ])

  /// Runs a test with a migrated database.
  static func with<R: Sendable>(
    _ engine: Engine, _ tree: TemporarySchema? = nil,
    _ configure: (inout AdminConfiguration) throws -> Void = { _ in }, _ body: (Desk) async throws -> R
  ) async throws -> R {
    let tree = try tree ?? schema()
    // Its files are read as long as the test runs.
    defer { withExtendedLifetime(tree) {} }
    return try await TestDatabase.withDatabase(engine) { database in
      let schema = try tree.definition()
      let physical = PhysicalDatabase(driver: database.driver)
      try await DatabaseMigrator(schema: schema, database: physical).migrate(on: database.open())
      return try await body(make(database, [physical], schema, configure))
    }
  }

  /// Runs a test with two migrated databases: `first` has `main`, and `second`, which the test is given beside the desk,
  /// has `state`.
  static func withTwo<R: Sendable>(
    _ engine: Engine, _ configure: (inout AdminConfiguration) throws -> Void = { _ in },
    _ body: (Desk, _ second: TestDatabase) async throws -> R
  ) async throws -> R {
    try await TestDatabase.withDatabase(engine) { second in
      try await with(engine) { desk in
        let schema = desk.configuration.reports.schema
        let databases = [
          PhysicalDatabase(name: "first", driver: desk.database.driver, databases: ["main"]),
          PhysicalDatabase(name: "second", driver: second.driver, databases: ["state"]),
        ]
        try await DatabaseMigrator(schema: schema, database: databases[1]).migrate(on: second.open())
        return try await body(make(desk.database, databases, schema, configure), second)
      }
    }
  }

  static func make(
    _ database: TestDatabase, _ databases: [PhysicalDatabase], _ schema: SchemaDefinition,
    _ configure: (inout AdminConfiguration) throws -> Void = { _ in }
  ) throws -> Desk {
    var options = UpdateOptions()
    options.batches.pause = .zero
    options.batches.attempts = 1
    var configuration = AdminConfiguration(
      databases: databases,
      reports: ReportContext(
        schema: schema, registry: UpdateRegistry(declarations: schema.tree.declarations.values),
        updates: options),
      logger: .silent)
    configuration.jobs = HomeserverJobs.all
    configuration.tokens = tokens
    try configure(&configuration)
    return Desk(database: database, configuration: configuration, api: AdminAPI(configuration))
  }

  /// Sends a request as the admin, unless another token is given; nil for none.
  func send(
    _ method: String, _ target: String, _ body: [UInt8] = [], token: String? = adminToken,
    host: String? = "localhost:8008", origin: String? = nil, client: String? = "192.0.2.1"
  ) async -> Answer {
    let response = await api.respond(
      to: AdminRequest(
        method: method, target: target, authorization: token.map { "Bearer \($0)" }, host: host,
        origin: origin,
        client: client,
        body: { limit in
          guard body.count <= limit else { throw AdminFailure(413, "M_TOO_LARGE", "") }
          return body
        }))
    return Answer(response)
  }

  func send(_ method: String, _ target: String, _ body: String, token: String? = adminToken) async -> Answer {
    await send(method, target, Array(body.utf8), token: token)
  }

  func get(_ target: String, token: String? = adminToken) async -> Answer {
    await send("GET", target, token: token)
  }

  func post(_ target: String, _ body: String = "", token: String? = adminToken) async -> Answer {
    await send("POST", target, Array(body.utf8), token: token)
  }

  /// Runs updates as the program itself does, reporting to its API.
  @discardableResult
  func runUpdates(_ names: Set<String>? = nil) async throws -> UpdateRunner.Summary {
    let tracker = configuration.tracker
    return try await UpdateRunner(
      session: database.open(), database: configuration.databases[0],
      registry: configuration.reports.registry,
      options: configuration.reports.updates,
      environment: .init(control: configuration.control, logger: .silent, metrics: configuration.metrics),
      report: { tracker.record($0, database: "master") }
    ).run(names)
  }

  /// The rows of a query.
  func rows(_ sql: String) async throws -> [[SQLValue]] {
    try await database.open().run { try $0.query(sql).map(\.values) }
  }

  func queue() async throws -> [[SQLValue]] {
    try await rows(
      "SELECT update_name, progress_json, depends_on, ordering FROM background_updates ORDER BY update_name")
  }
}
