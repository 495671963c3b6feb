import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A shop that is reached through a pooler and directly.
struct PooledShop {
  let server: PostgresCluster
  let pooled: Shop
  let direct: Shop

  static func with(
    _ schema: TemporarySchema, _ settings: [String: String] = [:], _ body: (PooledShop) async throws -> Void
  ) async throws {
    let server = try await PostgresCluster.start()
    let bouncer = try await PgBouncer.start(for: server, settings: settings)
    let direct = try await server.makeDatabase("shop")
    try await body(
      PooledShop(
        server: server, pooled: Shop(schema: schema, database: bouncer.database("shop")),
        direct: Shop(schema: schema, database: direct)))
    withExtendedLifetime(bouncer) {}
  }

  /// Waits until a query has rows.
  func wait(_ sql: String) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await direct.database.values(sql).isEmpty {
      guard ContinuousClock.now < deadline else { throw ProgramFailure(message: "no rows: \(sql)") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Compares the database with one of which nothing has gone through the pooler.
  func expectAsDirect() async throws {
    let other = Shop(schema: direct.schema, database: try await server.makeDatabase("other"))
    for command in [["migrate"], ["updates", "run"]] {
      let result = try await other.start(command).result()
      #expect(result.code == 0, "\(result)")
    }
    let difference = try await DatabaseDump.lines(direct.database, withCircumstances: false).difference(
      from: DatabaseDump.lines(other.database, withCircumstances: false))
    #expect(difference.isEmpty, "\(difference)")
  }
}
