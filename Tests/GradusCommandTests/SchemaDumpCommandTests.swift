import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `schema dump --write`, where errors and findings send to it.
@Suite struct SchemaDumpCommandTests {
  private static let scratch = ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"] ?? ""

  private func gradus(_ tree: TemporarySchema, _ arguments: [String]) async throws -> ProgramResult {
    try await Program.gradus.run(
      arguments, environment: ["GRADUS_SCRATCH": Self.scratch], folder: tree.root)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatIsSaidOfAFullSchemaThatDiffersMendsIt(engine: Engine) async throws {
    let things = "CREATE TABLE things (id BIGINT PRIMARY KEY);"
    let tree = try TemporarySchema([
      "schema/schema.yaml":
        "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n",
      "schema/main/1/01_things.sql": things, "schema/main/2/01_things.sql": things,
      "delta/main/2/01_note.sql": "ALTER TABLE things ADD COLUMN note TEXT;",
    ])
    let check = ["check", "--engine", engine.rawValue]
    let found = try await gradus(tree, check)
    #expect(found.output.contains("error D05"), "\(found)")
    let advice = try #require(found.output.firstMatch(of: #/schema dump --to \d+ --engine ENGINE --write/#))
    let dump = advice.output.split(separator: " ").map { $0 == "ENGINE" ? engine.rawValue : String($0) }
    let refused = try await gradus(tree, dump)
    #expect(refused.code == 1 && refused.messages.contains("remove these files first"), "\(refused)")
    try FileManager.default.removeItem(at: tree.root.appending(path: "schema/main/2/01_things.sql"))
    let written = try await gradus(tree, dump)
    #expect(written.code == 0, "\(written)")
    let mended = try await gradus(tree, check)
    #expect(mended.code == 0 && !mended.output.contains("D05"), "\(mended)")
  }

  /// Where one of several folders has another full schema, no file is written to any.
  @Test(arguments: TestDatabase.availableEngines)
  func aDumpIsOfAllDatabasesOrNone(engine: Engine) async throws {
    let notes = "CREATE TABLE notes (id BIGINT PRIMARY KEY);"
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_things.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY);",
      "schema/state/1/01_notes.sql": notes, "schema/state/2/01_notes.sql": notes,
    ])
    let dump = ["schema", "dump", "--engine", engine.rawValue, "--write"]
    let refused = try await gradus(tree, dump)
    #expect(refused.code == 1 && refused.messages.contains("schema/state/2"), "\(refused)")
    let folder = tree.root.appending(path: "schema/main/2")
    #expect(!FileManager.default.fileExists(atPath: folder.path), "\(refused)")
    try FileManager.default.removeItem(at: tree.root.appending(path: "schema/state/2/01_notes.sql"))
    let written = try await gradus(tree, dump)
    #expect(written.code == 0 && written.output.contains("schema/main/2/full.sql."), "\(written)")
  }

  /// Without it nothing could be dumped any more.
  @Test(arguments: TestDatabase.availableEngines)
  func theFilesThatADumpIsMadeOfAreToStay(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 1\nversions: {1: {compat: 1}}\n",
      "schema/main/1/01_things.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY);",
    ])
    let refused = try await gradus(tree, ["schema", "dump", "--engine", engine.rawValue, "--write"])
    #expect(refused.code == 1 && refused.messages.contains("have to stay"), "\(refused)")
    #expect(!refused.messages.contains("remove these files"), "\(refused)")
  }
}
