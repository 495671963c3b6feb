import Foundation
import GradusTestSupport
import Testing

@testable import Gradus

/// Folders and files of a tree that would be passed over, or cannot be read.
@Suite struct TreeFolderTests {
  private static func tree(_ files: [String: String] = [:]) throws -> TemporarySchema {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
    ])
    for (path, text) in files { try tree.write(path, text) }
    return tree
  }

  @Test func aMisspeltDatabase() throws {
    let error = try #require(throws: GradusError.self) {
      try Self.tree(["delta/mian/2/01_z.sql": "SELECT 1;"]).definition()
    }
    #expect(error.code == .invalidTree && error.file == "delta/mian/2/01_z.sql")
    #expect(error.message.contains("no folder for the database 'mian'"))
    #expect(error.hint == "did you mean 'main'?")
  }

  @Test func aDatabaseWithoutAFullSchema() throws {
    let error = try #require(throws: GradusError.self) {
      try Self.tree(["delta/statistics/2/01_z.sql": "SELECT 1;"]).definition()
    }
    #expect(error.hint == "add schema/statistics/1/")
  }

  /// It is part of each, with a full schema or without.
  @Test func deltasOfAllDatabases() throws {
    let tree = try Self.tree(["delta/common/2/01_z.sql": "SELECT 1;"])
    #expect(try tree.definition().tree.deltas[2]?.count == 1)
  }

  @Test(arguments: ["delta/main/v2", "delta/main/2.1", "delta/main/V2", "schema/main/v2"])
  func aFolderThatIsAlmostAVersion(folder: String) throws {
    let error = try #require(throws: GradusError.self) {
      try Self.tree(["\(folder)/01_z.sql": "SELECT 1;"]).definition()
    }
    #expect(error.code == .invalidTree && error.file == folder)
    #expect(error.hint == "name the folder by a whole number alone")
  }

  @Test func otherFoldersAreTheAuthorsOwn() throws {
    let tree = try Self.tree(["delta/main/old2/01_z.sql": "SELECT 1;", "delta/main/vault/x": ""])
    #expect(try tree.definition().tree.deltas.isEmpty)
  }

  private func unreadable(_ make: (URL) throws -> Void) throws -> GradusError {
    let tree = try Self.tree()
    let url = tree.root.appending(path: "01_z.sql")
    try make(url)
    let file = SchemaFile(database: .main, version: 2, name: "01_z.sql", url: url)
    return try withExtendedLifetime(tree) { try #require(throws: GradusError.self) { try file.text() } }
  }

  @Test func whatIsNoUTF8HasItsLine() throws {
    let error = try unreadable {
      try Data(Array("-- ok é\r\nSELECT 'caf".utf8) + [0xE9] + Array("';\n".utf8)).write(to: $0)
    }
    #expect(error.message == "is no UTF-8 text")
    #expect(error.position?.line == 2)
  }

  @Test func aFolderInAFilesPlace() throws {
    let error = try unreadable {
      try FileManager.default.createDirectory(at: $0, withIntermediateDirectories: true)
    }
    #expect(error.message.contains("is a folder"))
    #expect(error.position == nil)
  }

  @Test func aLinkThatLeadsNowhere() throws {
    let error = try unreadable {
      try FileManager.default.createSymbolicLink(
        at: $0, withDestinationURL: $0.deletingLastPathComponent().appending(path: "nowhere"))
    }
    #expect(error.message.contains("no such file"))
  }
}
