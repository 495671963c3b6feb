import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

@Suite struct DemoTests {
  @Test(arguments: TestDatabase.availableEngines)
  func endsRightAndLeavesNothingBehind(engine: Engine) async throws {
    let temporary = try TemporarySchema([".keep": ""])
    let sizes = ["--rooms", "60", "--memberships", "900", "--users", "120"]
    try await TestDatabase.withDatabase(engine) { database in
      let place = engine == .postgres ? ["--database", database.address] : []
      let before = try await Self.relations(database)
      let result = try await Program.homeserver.run(
        ["demo", "--schema-root", BuiltProgram.packageRoot.path] + sizes + place,
        environment: ["TMPDIR": temporary.root.path])
      #expect(result.code == 0, "\(result)")
      #expect(result.output.contains("all right"), "\(result)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.root.path) == [".keep"])
      #expect(try await Self.relations(database) == before)
    }
  }

  /// All schemas and relations. A session's schema for temporary tables stays, empty, for later sessions.
  private static func relations(_ database: TestDatabase) async throws -> [SQLValue] {
    guard database.engine == .postgres else { return [] }
    return try await database.values(
      """
      SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'
      UNION ALL SELECT relname::text FROM pg_class ORDER BY 1
      """)
  }

  @Test func aWrongTreeLeavesNothingBehind() async throws {
    let temporary = try TemporarySchema([".keep": ""])
    let result = try await Program.homeserver.run(
      ["demo", "--schema-root", "/nowhere"], environment: ["TMPDIR": temporary.root.path])
    #expect(result.code != 0, "\(result)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.root.path) == [".keep"])
  }

  @Test func aNamedFileIsRemovedWithAllBesideIt() async throws {
    let temporary = try TemporarySchema([".keep": ""])
    let result = try await Program.homeserver.run(
      [
        "demo", "--schema-root", BuiltProgram.packageRoot.path, "--rooms", "20", "--memberships", "60",
        "--users", "20", "--database", "demo.db",
      ], folder: temporary.root)
    #expect(result.code == 0, "\(result)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.root.path) == [".keep"])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aDemoThatIsStoppedLeavesNothingBehind(engine: Engine) async throws {
    let temporary = try TemporarySchema([".keep": ""])
    try await TestDatabase.withDatabase(engine) { database in
      let place = engine == .postgres ? ["--database", database.address] : []
      let before = try await Self.relations(database)
      let program = try Program.homeserver.start(
        ["demo", "--schema-root", BuiltProgram.packageRoot.path] + place,
        environment: ["TMPDIR": temporary.root.path])
      try await program.waits(forMessage: "== sample data")
      program.send(SIGINT)
      let result = try await program.result()
      #expect(result.code == 130, "\(result)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.root.path) == [".keep"])
      #expect(try await Self.relations(database) == before)
    }
  }

  /// That of another container may have the same number, and what it has made on the server is its own.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func itsSchemaIsNotNamedByTheProcess() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let program = try Program.homeserver.start([
        "demo", "--schema-root", BuiltProgram.packageRoot.path, "--database", database.address,
      ])
      try await program.waits(forMessage: "== sample data")
      let schemas = try await database.values(
        "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname::text, 'gradus_demo_')")
      program.send(SIGINT)
      _ = try await program.result()
      #expect(schemas.count == 1)
      #expect(schemas != [.text("gradus_demo_\(program.id)")])
    }
  }

  /// Only what is named is worked in.
  @Test func theEnvironmentsDatabaseIsNotTheDemos() async throws {
    let tree = try TemporarySchema(["mine.db": "precious"])
    let result = try await Program.homeserver.run(
      [
        "guard-cost", "--schema-root", BuiltProgram.packageRoot.path, "--rows", "1", "--rounds", "2",
        "--rooms",
        "1",
      ],
      environment: ["DATABASE_URL": "sqlite:mine.db"], folder: tree.root)
    #expect(result.code == 0, "\(result)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: tree.root.path) == ["mine.db"])
  }

  @Test(arguments: [["--rooms", "0"], ["--rows", "0"], ["--rounds", "1"]])
  func guardCostNeedsSomethingToMeasure(_ arguments: [String]) async throws {
    let result = try await Program.homeserver.run(["guard-cost"] + arguments)
    #expect(result.code == 64 && result.messages.contains("must be above"), "\(result)")
  }

  @Test func aFileThatIsThereIsNotTouched() async throws {
    let tree = try TemporarySchema(["mine.db": "precious"])
    let result = try await Program.homeserver.run(
      ["demo", "--schema-root", BuiltProgram.packageRoot.path, "--database", "mine.db"], folder: tree.root)
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains("mine.db: the demo makes a database of its own"), "\(result)")
    #expect(try String(contentsOf: tree.root.appending(path: "mine.db"), encoding: .utf8) == "precious")
  }
}
