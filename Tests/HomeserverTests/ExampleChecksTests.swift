import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import HomeserverSchema
import Testing

/// The worked example's own deltas keep the rules.
@Suite struct ExampleChecksTests {
  @Test func nothingIsFound() async throws {
    let identity = Result<ServerIdentity, any Error> { throw CancellationError() }
    let handlers = HomeserverUpdates.handlers(of: identity)
    let declarations = HomeserverUpdates.declarations
    let schema = try SchemaDefinition(
      root: Fixtures.packageRoot, knownUpdates: Set(handlers.map(\.name) + declarations.map(\.name)))
    let server = try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init)
    let registry = UpdateRegistry(
      handlers: handlers,
      declarations: Array(schema.tree.declarations.values)
        + declarations.filter { schema.tree.declarations[$0.name] == nil })
    let findings = try await Checker(
      SchemaBuilder(schema: schema, registry: registry, server: server),
      engines: TestDatabase.availableEngines
    ).run()
    #expect(findings.map { "\($0.rule) \($0.file ?? ""): \($0.message)" } == [])
  }
}
