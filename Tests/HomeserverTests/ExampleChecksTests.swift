import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverFixtures
import HomeserverSchema
import Testing

/// The worked example's own deltas keep the rules, and a break of them is found.
@Suite struct ExampleChecksTests {
  private static func builder(_ root: URL) throws -> SchemaBuilder {
    let identity = Result<ServerIdentity, any Error> { throw CancellationError() }
    let handlers = HomeserverUpdates.handlers(of: identity)
    let declarations = HomeserverUpdates.declarations
    let schema = try SchemaDefinition(
      root: root, knownUpdates: Set(handlers.map(\.name) + declarations.map(\.name)))
    let server = try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init)
    let registry = UpdateRegistry(
      handlers: handlers,
      declarations: Array(schema.tree.declarations.values)
        + declarations.filter { schema.tree.declarations[$0.name] == nil })
    return SchemaBuilder(schema: schema, registry: registry, server: server)
  }

  private static func manifest(_ root: URL, _ builder: SchemaBuilder) throws -> QueryManifest {
    try QueryManifest(root: root, layout: SchemaLayout(), among: builder.schema.ledger.versions.keys)
  }

  @Test func nothingIsFound() async throws {
    let builder = try Self.builder(Fixtures.packageRoot)
    let manifest = try Self.manifest(Fixtures.packageRoot, builder)
    #expect(manifest.versions.keys.sorted() == [86, 87, 88])
    let result = try await Checker(builder, manifest, engines: TestDatabase.availableEngines).run()
    #expect(result.findings.map { "\($0.rule) \($0.file ?? ""): \($0.message)" } == [])
  }

  /// A copy of the tree in which version 88 drops a column that version 87 reads, and it itself does not.
  private static func broken(_ root: URL, _ ledger: (String) -> String) throws {
    let files = FileManager.default
    try files.createDirectory(at: root, withIntermediateDirectories: true)
    for folder in ["schema", "delta"] {
      try files.copyItem(
        at: Fixtures.packageRoot.appending(path: folder), to: root.appending(path: folder))
    }
    try Data("-- Nobody needs it.\nALTER TABLE rooms DROP COLUMN creator;\n".utf8)
      .write(to: root.appending(path: "delta/main/88/04_drop_creator.sql"))
    let path = root.appending(path: "schema/schema.yaml")
    try Data(ledger(try String(contentsOf: path, encoding: .utf8)).utf8).write(to: path)
    let queries = root.appending(path: "schema/queries/88.sql")
    let kept = try QueryFile.parse(String(contentsOf: queries, encoding: .utf8), file: "88.sql").filter {
      !$0.sql.contains("creator")
    }
    try Data(QueryFile.text(kept, version: 88).utf8).write(to: queries)
  }

  @Test(arguments: TestDatabase.availableEngines, [87, 86])
  func aBreakIsCaughtByTheFloor(engine: Engine, compat: Int) async throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "gradus-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try Self.broken(root) { ledger in
      guard compat == 86 else { return ledger }
      // The ledger itself refuses to complete a gradual migration at a version that admits those before its start.
      return ledger.replacing("compat_version: 87", with: "compat_version: 86")
        .replacing("    compat: 87", with: "    compat: 86").replacing("    completes: 88\n", with: "")
    }
    let builder = try Self.builder(root)
    let floor = try await FloorFinder(builder, try Self.manifest(root, builder), engines: [engine])
      .floor(of: 88)
    #expect(floor.declared == compat)
    #expect(floor.floor == 88)
    let breakage = try #require(floor.breakages.first)
    #expect(breakage.version == 87)
    #expect(breakage.cause?.file == "delta/main/88/04_drop_creator.sql")
    #expect(breakage.cause?.position == SourcePosition(line: 2, column: 1))
    #expect(floor.findings.contains { $0.rule == "C15" && $0.severity == .error })
  }
}
