import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// Staleness rules that no start could read.
@Suite struct StalenessRulesTests {
  private static let totals =
    "CREATE TABLE totals (customer TEXT PRIMARY KEY, last_order BIGINT NOT NULL);\nCREATE TABLE totals_queue (customer TEXT PRIMARY KEY);"

  private static let files = [
    "schema/main/1/01_orders.sql": "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer TEXT NOT NULL);",
    "delta/main/2/01_totals.sql": totals,
    "delta/main/2/02_fill.updates.yaml": """
    updates:
      - name: fill
        kind: drain
        table: totals_queue
        key: customer
        sql: >
          INSERT INTO totals (customer, last_order)
          SELECT o.customer, max(o.id) FROM orders o JOIN totals_queue q ON q.customer = o.customer
          WHERE {range:q} GROUP BY o.customer ON CONFLICT DO NOTHING
    """,
  ]

  private static let migration = """
    gradual_migrations:
      - name: sums
        starts: 2
        completes: 3
        updates: [fill]
        stale_after_rollback:
          - table: totals
            key: [customer]
            position: last_order
            source: {table: orders, key: [customer], position: id}
            requeue: {into: totals_queue, update: fill}
    """

  /// What is found where `old` reads `new`, in the ledger or the delta.
  private static func findings(_ engine: Engine, _ old: String, _ new: String) async throws -> [Finding] {
    let ledger = "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n\(migration)"
    let delta = totals.replacing(old, with: new)
    return try await Corpus.check(
      [engine], files.merging(["delta/main/2/01_totals.sql": delta]) { $1 },
      ledger: ledger.replacing(old, with: new))
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("- table: totals\n", "- table: totls\n", "totls"), ("{table: orders,", "{table: odrers,", "odrers"),
      ("key: [customer]\n", "key: [custmer]\n", "custmer"), ("position: id", "position: spot", "spot"),
      ("into: totals_queue", "into: totals_quue", "totals_quue"),
      ("last_order BIGINT", "last_order DOUBLE PRECISION", "'totals.last_order' is of type double precision"),
    ])
  func findsWhatNoStartCouldRead(engine: Engine, edit: (old: String, new: String, what: String)) async throws
  {
    let findings = try await Self.findings(engine, edit.old, edit.new)
    #expect(findings.map(\.rule) == ["D13"], "\(findings.map(\.message))")
    let message = findings.first?.message ?? ""
    #expect(
      message.contains("('sums' in the ledger) cannot be read") && message.contains(edit.what), "\(message)")
    #expect(findings.first?.engines == [engine])
  }

  @Test(
    arguments: TestDatabase.availableEngines,
    [
      ("orders", "orders"), ("last_order BIGINT", "last_order INTEGER"),
      ("last_order BIGINT", "last_order NUMERIC(20, 0)"),
    ])
  func findsNothingElse(engine: Engine, edit: (old: String, new: String)) async throws {
    let findings = try await Self.findings(engine, edit.old, edit.new)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
  }

  /// Its start reads the rule no more.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsCompleteMayGo(engine: Engine) async throws {
    let findings = try await Corpus.check(
      [engine],
      Self.files.merging(["delta/main/4/01_drop.sql": "DROP TABLE totals_queue;\nDROP TABLE totals;"]) { $1 },
      ledger: """
        version: 4
        compat_version: 3
        versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}, 4: {compat: 3}}
        \(Self.migration)
        """)
    #expect(!findings.contains { $0.rule == "D13" }, "\(findings.map(\.message))")
  }
}
