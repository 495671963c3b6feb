import Foundation
import GradusTestSupport
import ProgramTestSupport
import Testing

@Suite struct NewDeltaTests {
  @discardableResult
  private func new(_ tree: TemporarySchema, _ arguments: String...) async throws -> ProgramResult {
    try await Program.gradus.run(["new", "delta"] + arguments, folder: tree.root)
  }

  private func files(_ tree: TemporarySchema, _ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: tree.root.appending(path: folder).path).sorted()
  }

  @Test func goesIntoTheNewestVersionWithTheNextNumber() async throws {
    let tree = try TemporarySchema.shop()
    let result = try await new(tree, "add_topics")
    #expect(result.code == 0, "\(result)")
    #expect(result.output.hasSuffix("/delta/main/3/02_add_topics.sql\n"), "\(result)")
    try await new(tree, "per_engine", "--engine", "each")
    try await new(tree, "only_here", "--engine", "sqlite", "--logical-database", "state")
    #expect(
      try files(tree, "delta/main/3") == [
        "01_index.sql", "02_add_topics.sql", "03_per_engine.sql.postgres", "03_per_engine.sql.sqlite",
      ])
    // Records do not name the logical database, so numbers run through all of them.
    #expect(try files(tree, "delta/state/3") == ["04_only_here.sql.sqlite"])
    try await new(tree, "older", "--to", "2")
    #expect(try files(tree, "delta/main/2").last == "04_older.sql")
  }

  /// Beside it another folder of the version would be refused.
  @Test func goesIntoTheFolderThatTheVersionHas() async throws {
    let tree = try TemporarySchema.shop()
    let folder = tree.root.appending(path: "delta/main")
    try FileManager.default.moveItem(at: folder.appending(path: "3"), to: folder.appending(path: "03"))
    let result = try await new(tree, "add_topics")
    #expect(result.output.hasSuffix("/delta/main/03/02_add_topics.sql\n"), "\(result)")
  }

  /// What it writes is a delta that can be applied.
  @Test func isAValidDelta() async throws {
    let tree = try TemporarySchema.shop()
    try await new(tree, "add_topics")
    let result = try await Program.gradus.run(["migrate", "--database", "shop.db"], folder: tree.root)
    #expect(result.code == 0, "\(result)")
  }

  @Test func whyAFolderCannotBeMadeIsSaid() async throws {
    let tree = try TemporarySchema.shop()
    try FileManager.default.removeItem(at: tree.root.appending(path: "delta"))
    try tree.write("delta", "no folder")
    let result = try await new(tree, "add_topics")
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains("cannot make the folder: Not a directory\n"), "\(result)")
  }

  @Test func refusesBadNames() async throws {
    let tree = try TemporarySchema.shop()
    for name in ["", "add topics", "../../escape", "add-topics", "häuser"] {
      let result = try await new(tree, name)
      #expect(result.code == 64, "\(name): \(result)")
      #expect(result.messages.contains("letters, digits and underscores"), "\(name): \(result)")
    }
    #expect(try files(tree, "delta/main/3") == ["01_index.sql"])
    let database = try await new(tree, "add_topics", "--logical-database", "mian")
    #expect(database.code == 1, "\(database)")
    #expect(database.messages.contains("no logical database 'mian'"), "\(database)")
    #expect(database.messages.contains("did you mean 'main'?"), "\(database)")
    #expect(try files(tree, "delta") == ["main"])
  }
}
