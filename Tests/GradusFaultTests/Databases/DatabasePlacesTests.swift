import Foundation
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A configuration that cannot be right is refused before any database is touched.
@Suite struct DatabasePlacesTests {
  @Test(arguments: [
    ("[main]", "[stat]", "b.db", "did you mean 'state'?"),
    ("[main]", "[main, state]", "b.db", "'main' is on both 'main' and 'other'"),
    ("[main]", "[]", "b.db", "no database holds 'state'"),
    ("[main]", "[state]", "a.db", "'main' and 'other' have the same address"),
    ("[main]", "[state]", "./delta/../a.db", "'main' and 'other' have the same address"),
  ])
  func refused(main: String, other: String, address: String, message: String) async throws {
    let schema = try TemporarySchema.mainAndState()
    try schema.write(
      "gradus.yaml",
      """
      databases:
        main: {url: "sqlite:\(schema.root.path)/a.db", databases: \(main)}
        other: {url: "sqlite:\(schema.root.path)/\(address)", databases: \(other)}
      """)
    let result = try await Program.gradus.run([
      "migrate", "--schema-root", schema.root.path, "--config", schema.root.path + "/gradus.yaml",
    ])
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains(message), "\(result)")
    #expect(!FileManager.default.fileExists(atPath: schema.root.path + "/a.db"))
  }

  /// The homeserver joins tables of `main` and `state`.
  @Test func theHomeserverNeedsBothInOnePlace() async throws {
    let schema = try TemporarySchema([:])
    func migrate(_ databases: String) async throws -> ProgramResult {
      try schema.write("gradus.yaml", "databases:\n\(databases)")
      return try await Program.homeserver.run(
        ["migrate", "--config", schema.root.path + "/gradus.yaml"], folder: BuiltProgram.packageRoot)
    }
    let apart = try await migrate(
      """
        main: {url: "sqlite:\(schema.root.path)/a.db", databases: [main]}
        state: {url: "sqlite:\(schema.root.path)/b.db", databases: [state]}
      """)
    #expect(apart.code == 1, "\(apart)")
    #expect(apart.messages.contains("'main' on 'main', 'state' on 'state'"), "\(apart)")
    #expect(!FileManager.default.fileExists(atPath: schema.root.path + "/a.db"))
    let together = try await migrate(
      "  all: {url: \"sqlite:\(schema.root.path)/a.db\", databases: [main, state]}\n")
    #expect(together.code == 0, "\(together)")
  }
}
