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
    #expect(try await Self.kinds("\(insert) note = things.size || excluded.note", "size", engine) == [.read])
    #expect(try await Self.kinds("\(plain) RETURNING *", "size", engine) == [.read])
    #expect(try await Self.kinds("\(plain) WHERE things.size > 1", "size", engine) == [.read])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func defaultValuesWriteNoColumn(engine: Engine) async throws {
    #expect(try await Self.kinds("INSERT INTO things DEFAULT VALUES", "note", engine) == [])
    #expect(try await Self.kinds("INSERT INTO things VALUES (1, 'a', 'b', 2)", "note", engine) == [.write])
  }
}
