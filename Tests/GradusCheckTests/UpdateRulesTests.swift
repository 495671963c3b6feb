import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// Trees that must be found, and near misses that must not, without any database.
@Suite struct UpdateRulesTests {
  struct Example: CustomTestStringConvertible, Sendable {
    var name: String
    var rules: [String]
    var files: [String: String]
    var ledger: String?
    var handlers: Set<String>
    var testDescription: String { name }

    init(
      _ name: String, _ rules: String..., ledger: String? = nil, handlers: Set<String> = ["fill"],
      files: [String: String] = [:]
    ) {
      (self.name, self.rules, self.files, self.ledger, self.handlers) = (name, rules, files, ledger, handlers)
    }
  }

  static func insert(_ name: String, _ ordering: Int? = 201, dependsOn: String? = nil) -> String {
    let (column, value) = ordering.map { ("ordering, ", "\($0), ") } ?? ("", "")
    let (last, lastValue) = dependsOn.map { (", depends_on", ", '\($0)'") } ?? ("", "")
    return
      "INSERT INTO background_updates (\(column)update_name, progress_json\(last)) VALUES (\(value)'\(name)', '{}'\(lastValue));"
  }

  static let backfill = """
    updates:
      - name: fill_size
        kind: backfill
        table: things
        key: id
        sql: UPDATE things SET size = 1, note = coalesce(note, '') WHERE {range}
    """
  static let drain = """
    updates:
      - {name: empty_queue, kind: drain, table: queue, key: id, sql: "INSERT INTO things (id, code) SELECT id, id FROM queue WHERE {range}"}
    """
  static let sync = """
    updates:
      - {name: follow, kind: sync_column, table: things, key: id, from: size, to: total, using: size + 1, reverse: total - 1}
    """
  static let index =
    "updates: [{name: build_it, kind: index, index: by_code, table: things, columns: [code], unique: true}]"
  static let syncEnd = "updates: [{name: end, kind: drop_sync, sync: follow}]"
  static let caches = """
    updates:
      - name: fill_cache
        kind: backfill
        table: things
        key: id
        sql: INSERT INTO cache (id) SELECT id FROM things WHERE {range} ON CONFLICT DO NOTHING
    """
  static let cache = "CREATE UNLOGGED TABLE IF NOT EXISTS cache (id BIGINT PRIMARY KEY);"
  private static let unlogged = "ALTER TABLE cache SET UNLOGGED;"
  static func sums(_ value: String) -> String {
    """
    updates:
      - {name: sum_up, kind: drain, table: queue, key: id, sql: "INSERT INTO sums (id, size, p) SELECT q.id, \(value), max(t.p) FROM queue q JOIN things t ON t.owner = q.id WHERE {range:q} GROUP BY q.id"}
    """
  }
  static func sumLedger(_ guards: String = "", compat: Int = 1) -> String {
    ledger(
      "starts: 2, updates: [sum_up], stale_after_rollback: [{table: sums, key: [id], position: p, source: {table: things, key: [owner], position: p}, requeue: {into: queue, update: sum_up}\(guards)}]",
      compat: compat)
  }
  private static let unknownVersions =
    "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 3: {compat: 1}}\n"

  static func ledger(_ rest: String, compat: Int = 1, future: String = "") -> String {
    """
    version: 3
    compat_version: \(compat)
    versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: \(compat)}\(future)}
    gradual_migrations:
      - {name: sizes, database: main, \(rest)}
    """
  }

  private static let bad = [
    // U01, U05
    Example("no handler", "U01", files: ["3/01_a.sql": insert("nobody", 301)]),
    Example(
      "no name", "U01",
      files: ["3/01_a.sql": "INSERT INTO background_updates (update_name, ordering) SELECT name, 301 FROM t;"]
    ),
    Example(
      "declared without its code", "U01",
      files: ["3/01_a.updates.yaml": "updates: [{name: nobody, kind: handler}]"]),
    Example("a handler that is gone", "U05", files: ["2/01_a.sql": insert("gone")]),
    // U02
    Example("depends on nothing", "U02", files: ["2/01_a.sql": insert("fill", 201, dependsOn: "fil")]),
    Example("depends on itself", "U02", files: ["2/01_a.sql": insert("fill", 201, dependsOn: "fill")]),
    Example(
      "a circle over SQL and a declaration", "U02",
      files: [
        "2/01_a.sql": insert("fill", 201, dependsOn: "script"),
        "2/02_b.updates.yaml": "updates: [{name: script, kind: sql, sql: SELECT 1, depends_on: fill}]",
      ]),
    Example(
      "depends on a later version", "U02", handlers: ["fill", "later"],
      files: ["2/01_a.sql": insert("fill", 201, dependsOn: "later"), "3/01_b.sql": insert("later", 301)]),
    // U03
    Example(
      "a column that is used goes", "U03",
      files: ["2/01_a.updates.yaml": backfill, "3/01_b.sql": "ALTER TABLE things DROP COLUMN note;"]),
    Example(
      "the queue goes", "U03",
      files: ["2/01_a.updates.yaml": drain, "3/01_b.sql": "SELECT 1;\n\nDROP TABLE IF EXISTS other, queue;"]),
    Example(
      "the queue is renamed", "U03",
      files: ["2/01_a.updates.yaml": drain, "3/01_b.sql": "ALTER TABLE queue RENAME TO queue_2;"]),
    Example(
      "in the same version", "U03", files: ["2/01_a.updates.yaml": drain, "2/02_b.sql": "DROP TABLE queue;"]),
    Example(
      "NOT NULL", "U03",
      files: [
        "2/01_a.updates.yaml": backfill,
        "3/01_b.sql.postgres": "ALTER TABLE things ALTER COLUMN size SET NOT NULL;",
      ]),
    Example(
      "a check that is NOT NULL", "U03",
      files: [
        "2/01_a.updates.yaml": backfill,
        "3/01_b.sql.postgres": "ALTER TABLE things ADD CONSTRAINT s CHECK (size IS NOT NULL) NOT VALID;",
      ]),
    Example(
      "unique", "U03",
      files: ["2/01_a.updates.yaml": drain, "3/01_b.sql": "CREATE UNIQUE INDEX by_code ON things (code);"]),
    Example(
      "a primary key", "U03",
      files: [
        "2/01_a.updates.yaml": drain, "3/01_b.sql.postgres": "ALTER TABLE things ADD PRIMARY KEY (code);",
      ]),
    Example(
      "unique with NULL", "U03",
      files: [
        "2/01_a.updates.yaml": drain,
        "3/01_b.sql.postgres": "ALTER TABLE things ADD CONSTRAINT c UNIQUE NULLS NOT DISTINCT (code);",
      ]),
    Example(
      "an index that becomes a constraint's", "U03",
      files: [
        "2/01_a.updates.yaml": index,
        "3/01_b.sql.postgres": "ALTER TABLE things ADD CONSTRAINT once UNIQUE USING INDEX by_code;",
      ]),
    Example(
      "an index that becomes the primary key's", "U03",
      files: [
        "2/01_a.updates.yaml": index,
        "3/01_b.sql.postgres": "ALTER TABLE things ADD PRIMARY KEY USING INDEX \"by_code\";",
      ]),
    Example(
      "an index that is built goes", "U03",
      files: ["2/01_a.updates.yaml": index, "3/01_b.sql": "DROP INDEX IF EXISTS other, by_code;"]),
    Example(
      "a constraint that does not wait", "U03",
      files: [
        "2/01_a.updates.yaml": backfill,
        "3/01_b.updates.yaml": "updates: [{name: known, kind: constraint, table: things, not_null: size}]",
      ]),
    Example(
      "completes too late", "U03",
      ledger: ledger("starts: 2, completes: 4, updates: [empty_queue]", future: ", 4: {compat: 2}"),
      files: ["2/01_a.updates.yaml": drain, "3/01_b.sql": "DROP TABLE queue;"]),
    Example(
      "what the ledger says of code", "U03",
      ledger: ledger(
        "starts: 2, stale_after_rollback: [{table: derived, key: [id], position: p, source: {table: things, key: [id], position: p}, requeue: {into: queue, update: fill}}]"
      ), files: ["2/01_a.sql": insert("fill"), "3/01_b.sql": "DROP TABLE queue;"]),
    // U04, U08
    Example(
      "no release between", "U04",
      ledger:
        "version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 3: {compat: 2}}\ngradual_migrations: [{name: m, starts: 2, completes: 3}]\n",
      files: [:]),
    Example(
      "a future version that admits too many", "U08",
      ledger: ledger("starts: 2, completes: 4", future: ", 4: {compat: 1}"), files: [:]),
    Example(
      "a version that the ledger has not", "U08",
      ledger: unknownVersions + "gradual_migrations: [{name: m, starts: 1, completes: 2}]\n", files: [:]),
    // U06
    Example("of another version", "U06", files: ["2/01_a.sql": insert("fill", 301)]),
    Example("no ordering", "U06", files: ["2/01_a.sql": insert("fill", nil)]),
    Example(
      "declared of another version", "U06",
      files: ["2/01_a.updates.yaml": "updates: [{name: s, kind: sql, sql: SELECT 1, ordering: 3}]"]),
    // U07
    Example(
      "an index in a script", "U07",
      files: [
        "2/01_a.updates.yaml":
          "updates: [{name: s, kind: sql, sql: \"ANALYZE; CREATE INDEX IF NOT EXISTS i ON things (size)\"}]"
      ]),
    Example(
      "concurrently by hand", "U07",
      files: [
        "2/01_a.sql.postgres":
          "-- gradus:no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON things (size);"
      ]),
    Example(
      "not again", "U07", files: ["2/01_a.sql": "-- gradus:no-transaction\nCREATE INDEX i ON things (size);"]),
    // U09
    Example(
      "a source of a synchronised column goes", "U09",
      files: ["2/01_a.updates.yaml": sync, "3/01_b.sql": "ALTER TABLE things DROP COLUMN size;"]),
    Example(
      "the synchronised column is renamed", "U09",
      files: ["2/01_a.updates.yaml": sync, "3/01_b.sql": "ALTER TABLE things RENAME COLUMN total TO sum;"]),
    Example(
      "its key goes, though its update is complete", "U09",
      ledger: ledger("starts: 2, completes: 3, updates: [follow]", compat: 2),
      files: ["2/01_a.updates.yaml": sync, "3/01_b.sql": "ALTER TABLE things RENAME COLUMN id TO number;"]),
    Example(
      "its table goes", "U09", files: ["2/01_a.updates.yaml": sync, "3/01_b.sql": "DROP TABLE things;"]),
    Example(
      "its table is made anew", "U09",
      files: [
        "2/01_a.updates.yaml": sync,
        "3/01_b.sql":
          "CREATE TABLE new_things (id BIGINT);\nDROP TABLE things;\nALTER TABLE new_things RENAME TO things;",
      ]),
    Example(
      "its trigger goes too late", "U09",
      files: [
        "2/01_a.updates.yaml": sync, "3/01_b.sql": "ALTER TABLE things DROP COLUMN size;",
        "3/02_c.updates.yaml": syncEnd,
      ]),
    Example(
      "its trigger goes on one engine only", "U09",
      files: [
        "2/01_a.updates.yaml": sync,
        "3/01_b.updates.yaml": syncEnd.replacing("kind:", with: "engines: sqlite, kind:"),
        "3/02_c.sql": "ALTER TABLE things DROP COLUMN size;",
      ]),
    // U10
    Example(
      "fills a table that is not logged", "U10",
      files: ["2/01_a.sql.postgres": cache, "2/02_b.updates.yaml": caches]),
    Example(
      "a table that is logged no more", "U10",
      files: ["2/01_a.updates.yaml": caches, "3/01_b.sql.postgres": unlogged]),
    Example(
      "a table of the full schema, under another name", "U10",
      files: [
        "schema/main/1/02_more.sql.postgres": "create unlogged table old_cache (id BIGINT PRIMARY KEY);",
        "2/01_a.sql.postgres": "ALTER TABLE old_cache RENAME TO cache;", "2/02_b.updates.yaml": caches,
      ]),
    Example(
      "works off a queue that is not logged", "U10",
      files: [
        "2/01_a.sql.postgres": "CREATE UNLOGGED TABLE queue (id BIGINT PRIMARY KEY);",
        "2/02_b.updates.yaml": drain,
      ]),
    Example(
      "code that fills a table which is not logged", "U10",
      ledger: ledger(
        "starts: 2, stale_after_rollback: [{table: derived, key: [id], position: p, source: {table: things, key: [id], position: p}, requeue: {into: queue, update: fill}}]"
      ),
      files: [
        "2/01_a.sql.postgres": "CREATE UNLOGGED TABLE derived (id BIGINT PRIMARY KEY, p BIGINT);",
        "2/02_b.sql": insert("fill"),
      ]),
    // U11
    Example(
      "a sum without guards", "U11", ledger: sumLedger(),
      files: ["2/01_a.updates.yaml": sums("coalesce(sum(t.size), 0)")]),
    Example(
      "a count whose guards see no deletion", "U11",
      ledger: sumLedger(", guards: [{on: things, key: [owner], events: [insert, update]}]"),
      files: ["2/01_a.updates.yaml": sums("count(*)")]),
  ]

  static func tree(_ example: Example) throws -> TemporarySchema {
    let schema = try TemporarySchema([
      "schema/schema.yaml": example.ledger
        ?? "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n",
      "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY);",
    ])
    for (path, text) in example.files {
      try schema.write(path.hasPrefix("schema/") ? path : "delta/main/\(path)", text)
    }
    return schema
  }

  static func findings(_ example: Example) throws -> [Finding] {
    let tree = try tree(example)
    defer { withExtendedLifetime(tree) {} }
    let definition = try SchemaDefinition(root: tree.root, knownUpdates: example.handlers)
    return UpdateRules(
      ledger: definition.ledger, declarations: definition.tree.declarations.values,
      deltas: try DeltaText.all(of: definition.tree), fullSchema: try DeltaText.unlogged(of: definition.tree),
      runnable: example.handlers.union(
        definition.tree.declarations.values.filter { $0.kind != .handler }.map(\.name))
    ).findings()
  }

  @Test(arguments: bad + good)
  func findsWhatItHasToAndNothingElse(example: Example) throws {
    let findings = try Self.findings(example)
    #expect(findings.map(\.rule) == example.rules, "\(findings.map(\.message))")
    for finding in findings where !["U04", "U08"].contains(finding.rule) {
      #expect(finding.file?.hasPrefix("delta/main/") == true)
      #expect(finding.position != nil)
    }
  }

  @Test func everyRuleHasAWitness() {
    let witnessed = Set(Self.bad.flatMap(\.rules))
    #expect(witnessed == Set(Rule.all.map(\.id).filter { $0.hasPrefix("U") }))
  }

  /// What the strict readers refuse before any rule is asked; `explain` says so.
  @Test(arguments: [
    (
      "U02", ["2/01_a.updates.yaml": "updates: [{name: s, kind: sql, sql: SELECT 1, depends_on: x}]"], nil,
      "depends on 'x', which nothing declares"
    ),
    (
      "U02",
      [
        "2/01_a.updates.yaml":
          "updates: [{name: s, kind: sql, sql: SELECT 1, depends_on: t}, {name: t, kind: sql, sql: SELECT 1, depends_on: s}]"
      ], nil, "depend on each other in a circle"
    ),
    ("U04", [:], ledger("starts: 2, completes: 2"), "completes at 2, not after it starts"),
    ("U08", [:], ledger("starts: 2, completes: 3"), "still admits versions before 2"),
  ])
  func theReaderRefuses(rule: String, files: [String: String], ledger: String?, message: String) throws {
    let tree = try Self.tree(Example("", ledger: ledger, files: files))
    let error = #expect(throws: GradusError.self) { try tree.definition() }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    let reason = try #require(Rule.find(rule)).reason
    #expect(reason.contains("read"), "\(reason)")
  }
}
