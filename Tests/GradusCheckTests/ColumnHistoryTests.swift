import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@testable import GradusCheck

@Suite struct ColumnHistoryTests {
  /// A version without committed queries may use anything: it counts where that would change the answer.
  @Test(
    arguments: [
      ([], [], .unused), ([], [2], .unknown(versions: [2])), ([], [2, 3], .unknown(versions: [2, 3])),
      ([1], [], .from(version: 3)), ([1], [2], .unknown(versions: [2])),
      ([2], [], .whenCompat(atLeast: 3)), ([2], [3], .unknown(versions: [3])),
      ([3], [2], .inUse(version: 3)), ([1, 3], [2], .inUse(version: 3)),
    ] as [(Set<Int>, [Int], ColumnHistory.Verdict)])
  func whatIsNotKnownIsNotVouchedFor(
    users: Set<Int>, unknown: [Int], verdict: ColumnHistory.Verdict
  ) throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml":
        "version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n",
      "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY);",
    ])
    let ledger = try tree.definition().ledger
    #expect(ColumnHistory.Verdict(users: users, unknown: unknown, ledger: ledger) == verdict)
  }

  /// `new gradual-migration` puts the release after the next one into the ledger, whose queries nobody knows.
  @Test func aVersionToComeIsNotAsked() async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml":
        "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n",
      "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, note TEXT);",
    ])
    let builder = SchemaBuilder(
      schema: try tree.definition(), registry: UpdateRegistry(handlers: [], declarations: []), server: nil)
    let query = ApplicationQuery(name: "query", sql: "SELECT id FROM things")
    let history = try await builder.history(
      ofColumn: "note", in: "things", QueryManifest(versions: [1: [query], 2: [query]]), on: [.sqlite])
    #expect(history.verdict == .unused && history.unknown == [])
  }

  /// What a query does with a column of `things`.
  private static func kinds(
    _ sql: String, _ column: String, _ engine: Engine
  ) async throws -> Set<StatementDescription.ColumnUse.Kind> {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 1\nversions: {1: {compat: 1}}\n",
      "schema/main/1/01_base.sql":
        "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT UNIQUE, note TEXT, size BIGINT);",
    ])
    let builder = SchemaBuilder(
      schema: try tree.definition(), registry: UpdateRegistry(handlers: [], declarations: []),
      server: try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init))
    let query = ApplicationQuery(name: "query", sql: sql)
    let history = try await builder.history(
      ofColumn: column, in: "things", QueryManifest(versions: [1: [query]]), on: [engine])
    return history.uses.reduce(into: []) { $0.formUnion($1.kinds) }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aQueryMayEndWithAComment(engine: Engine) async throws {
    #expect(try await Self.kinds("SELECT note FROM things -- all of them", "note", engine) == [.read])
  }

  /// What EXCLUDED has are the new row's values.
  @Test(arguments: TestDatabase.availableEngines)
  func anUpsertReadsWhatItNames(engine: Engine) async throws {
    let insert = "INSERT INTO things (id, name, note) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET"
    let plain = "\(insert) note = excluded.note"
    #expect(try await Self.kinds(plain, "size", engine) == [])
    #expect(try await Self.kinds(plain, "note", engine) == [.write])
    let byKey =
      "INSERT INTO things (id, note) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET note = excluded.note"
    #expect(try await Self.kinds(byKey, "size", engine) == [])
    #expect(try await Self.kinds("\(insert) note = things.size || excluded.note", "size", engine) == [.read])
    #expect(try await Self.kinds("\(plain) RETURNING *", "size", engine) == [.read])
    #expect(try await Self.kinds("\(plain) WHERE things.size > 1", "size", engine) == [.read])
  }

  /// More than a function of PostgreSQL's has arguments.
  @Test(arguments: TestDatabase.availableEngines)
  func aQueryMayHaveManyParameters(engine: Engine) async throws {
    let keys = (1...150).map { "$\($0)" }.joined(separator: ", ")
    let select = "SELECT name FROM things WHERE id IN (\(keys)) AND note <> '$101'"
    for (column, isRead) in [("id", true), ("name", true), ("note", true), ("size", false)] {
      #expect(try await Self.kinds(select, column, engine) == (isRead ? [.read] : []), "\(column)")
    }
    let rows = (0..<60).map { "($\(3 * $0 + 1), $\(3 * $0 + 2), $\(3 * $0 + 3))" }
    let insert = "INSERT INTO things (id, name, note) VALUES \(rows.joined(separator: ", "))"
    for (column, isWritten) in [("note", true), ("size", false)] {
      #expect(try await Self.kinds(insert, column, engine) == (isWritten ? [.write] : []), "\(column)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func defaultValuesWriteNoColumn(engine: Engine) async throws {
    #expect(try await Self.kinds("INSERT INTO things DEFAULT VALUES", "note", engine) == [])
    #expect(try await Self.kinds("INSERT INTO things VALUES (1, 'a', 'b', 2)", "note", engine) == [.write])
  }

  /// What of the newest schema names the column `size` of `things`.
  private static func dependents(_ files: [String: String], versions: Int, _ engines: [Engine]) async throws
    -> [String]
  {
    let entries = (1...versions).map { "\($0): {compat: 1}" }.joined(separator: ", ")
    let tree = try TemporarySchema(
      files.merging([
        "schema/schema.yaml": "version: \(versions)\ncompat_version: 1\nversions: {\(entries)}\n",
        "schema/main/1/01_base.sql":
          "CREATE TABLE things (id BIGINT PRIMARY KEY, size BIGINT, total BIGINT);",
      ]) { first, _ in first })
    let schema = try tree.definition()
    let builder = SchemaBuilder(
      schema: schema,
      registry: UpdateRegistry(handlers: [], declarations: schema.tree.declarations.values),
      server: try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init))
    return try await builder.history(
      ofColumn: "size", in: "things", QueryManifest(versions: [:]), on: engines
    ).dependents
  }

  /// On whichever engine it is asked last.
  @Test func whatDependsOnAColumnIsOfAllEngines() async throws {
    let engines = TestDatabase.availableEngines
    let files = Dictionary(
      uniqueKeysWithValues: engines.map { engine in
        (
          "schema/main/1/02_more.sql.\(engine.rawValue)",
          "CREATE INDEX by_size_\(engine.rawValue) ON things (size);"
        )
      })
    let indexes = Set(engines.map { "index by_size_\($0.rawValue)" })
    #expect(Set(try await Self.dependents(files, versions: 1, engines)) == indexes)
    #expect(Set(try await Self.dependents(files, versions: 1, engines.reversed())) == indexes)
  }

  /// A trigger of a synchronised column uses its columns until it is removed.
  @Test(arguments: TestDatabase.availableEngines)
  func aSynchronisedColumnUsesItsSource(engine: Engine) async throws {
    var files = [
      "delta/main/2/01_follow.updates.yaml":
        "updates: [{name: follow, kind: sync_column, table: things, key: id, from: size, to: total, using: size + 1}]"
    ]
    #expect(try await Self.dependents(files, versions: 3, [engine]) == ["sync_column follow"])
    files["delta/main/3/01_end.updates.yaml"] = "updates: [{name: end, kind: drop_sync, sync: follow}]"
    #expect(try await Self.dependents(files, versions: 3, [engine]) == [])
  }
}
