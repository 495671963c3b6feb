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

  @Test(arguments: TestDatabase.availableEngines)
  func aQueryMayEndWithAComment(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 1\nversions: {1: {compat: 1}}\n",
      "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, note TEXT);",
    ])
    let builder = SchemaBuilder(
      schema: try tree.definition(), registry: UpdateRegistry(handlers: [], declarations: []),
      server: try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init))
    let query = ApplicationQuery(name: "notes", sql: "SELECT note FROM things -- all of them")
    let history = try await builder.history(
      ofColumn: "note", in: "things", QueryManifest(versions: [1: [query]]), on: [engine])
    #expect(history.uses.map(\.query.name) == ["notes"])
    #expect(history.uses.first?.kinds == [.read])
  }
}
