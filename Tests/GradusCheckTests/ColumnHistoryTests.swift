import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@Suite struct ColumnHistoryTests {
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
