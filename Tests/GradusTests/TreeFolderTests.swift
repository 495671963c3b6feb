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

  /// It would be passed over, and its version recorded without it.
  @Test(arguments: [
    ("delta/main/2/01_z.updates.yml", ".updates.yaml"), ("delta/main/2/01_z.yaml", ".updates.yaml"),
    ("delta/main/2/01_z.SQL", ".sql"), ("delta/main/2/01_z.sql.postgresql", ".sql.postgres"),
    ("schema/main/1/02_z.sql.sqlite3", ".sql.sqlite"), ("delta/main/2/01_z.sql.Sqlite", ".sql.sqlite"),
  ])
  func aFileThatIsAlmostOneOfOurs(path: String, ending: String) throws {
    let error = try #require(throws: GradusError.self) { try Self.tree([path: "SELECT 1;"]).definition() }
    #expect(error.code == .invalidTree && error.file == path)
    #expect(error.hint == "let it end in \(ending)")
  }

  /// It would run on the other engine, too.
  @Test(arguments: [
    ("delta/main/2/01_z.postgres.sql", ".sql.postgres"), ("delta/main/2/01_z.SQLite.sql", ".sql.sqlite"),
    ("schema/main/1/full.postgresql.sql", ".sql.postgres"),
  ])
  func anEngineInTheWrongPlace(path: String, ending: String) throws {
    let error = try #require(throws: GradusError.self) { try Self.tree([path: "SELECT 1;"]).definition() }
    #expect(error.code == .invalidTree && error.file == path)
    #expect(error.hint == "let it end in \(ending)")
  }

  @Test(arguments: ["delta/main/2/01_postgres.sql", "delta/main/2/01_z.postgres.sql.postgres"])
  func anEngineInAnotherPartOfAName(path: String) throws {
    #expect(try Self.tree([path: "SELECT 1;"]).definition().tree.deltas[2]?.map(\.path) == [path])
  }

  @Test(arguments: ["delta/main/02", "schema/main/01"])
  func twoFoldersOfOneVersion(folder: String) throws {
    let tree = try Self.tree(["delta/main/2/01_z.sql": "SELECT 1;", "\(folder)/02_z.sql": "SELECT 1;"])
    let error = try #require(throws: GradusError.self) { try tree.definition() }
    #expect(error.code == .invalidTree)
    let number = String(folder.suffix(1))
    #expect(error.message == "'0\(number)' and '\(number)' are folders of one version")
    #expect(error.hint == "move what is in them into one: '\(number)'")
  }

  /// Each database has its own.
  @Test func versionsThatAreWrittenWithAZero() throws {
    let tree = try Self.tree(["delta/main/02/01_y.sql": "SELECT 1;", "delta/common/2/02_z.sql": "SELECT 1;"])
    #expect(try tree.definition().tree.deltas[2]?.map(\.name) == ["01_y.sql", "02_z.sql"])
  }

  /// It would be passed over just so.
  @Test(arguments: [
    "delta/main/01_z.sql", "delta/main/01_z.updates.yaml", "delta/common/01_z.sql.sqlite", "delta/2/01_z.sql",
    "schema/main/02_z.sql", "schema/2/02_z.sql",
  ])
  func aFileBesideTheFoldersOfVersions(path: String) throws {
    let error = try #require(throws: GradusError.self) { try Self.tree([path: "SELECT 1;"]).definition() }
    #expect(error.code == .invalidTree && error.file == path)
    #expect(error.message == "the file is in no folder of a version")
    #expect(error.hint?.hasPrefix("move it into one: ") == true)
  }

  @Test(arguments: [
    "schema/queries/2.sql", "schema/seeds/a.sql", "delta/templates/a.sql", "delta/main/notes.txt", "main.sql",
  ])
  func filesInFoldersOfOtherThings(path: String) throws {
    let tree = try Self.tree([path: "SELECT 1;", "delta/main/2/01_z.sql": "SELECT 1;"])
    #expect(try tree.definition().tree.deltas[2]?.count == 1)
  }

  @Test func queriesInAFolderOfTheirVersion() throws {
    let tree = try Self.tree(["schema/2/queries.sql": "SELECT 1;", "delta/main/2/01_z.sql": "SELECT 1;"])
    let layout = SchemaLayout(queries: "schema/{version}/queries.sql")
    #expect(try tree.definition(layout: layout).tree.deltas[2]?.count == 1)
  }

  @Test(arguments: [
    "delta/main/2/01_z.sql.orig", "delta/main/2/01_z.sql~", "delta/main/2/01_z.sql.sqlite~",
    "delta/main/2/README.md",
    "schema/main/1/note.yaml",
    "delta/main/2/01_z.sql.rej",
  ])
  func otherFilesAreTheAuthorsOwn(path: String) throws {
    let tree = try Self.tree([path: "SELECT 1;"])
    #expect(try tree.definition().tree.unknownFiles.map(\.path) == [path])
  }

  /// What lies behind it would be passed over, and a version recorded without its deltas.
  @Test(arguments: ["delta/main/2", "delta/state", "schema/main/2"])
  func aLinkInAFoldersPlaceThatLeadsNowhere(folder: String) throws {
    let tree = try Self.tree(["delta/main/1/01_z.sql": "SELECT 1;"])
    try FileManager.default.createSymbolicLink(
      at: tree.root.appending(path: folder), withDestinationURL: tree.root.appending(path: "nowhere"))
    let error = try #require(throws: GradusError.self) { try tree.definition() }
    #expect(error.code == .invalidTree && error.file == folder)
    #expect(error.message == "cannot be reached")
  }

  @Test func aLinkInAFoldersPlaceIsFollowed() throws {
    let tree = try Self.tree(["elsewhere/01_z.sql": "SELECT 1;", "delta/main/README.md": "none of ours"])
    try FileManager.default.createSymbolicLink(
      at: tree.root.appending(path: "delta/main/2"),
      withDestinationURL: tree.root.appending(path: "elsewhere"))
    #expect(try tree.definition().tree.deltas[2]?.map(\.name) == ["01_z.sql"])
  }

  /// No folder would be found for it.
  @Test(arguments: [
    SchemaLayout(delta: "delta/{database}/v{version}"),
    SchemaLayout(fullSchema: "{database}-schema/{version}"),
  ])
  func aPlaceholderThatIsAPartOfAName(layout: SchemaLayout) throws {
    let tree = try Self.tree(["delta/main/v2/01_z.sql": "SELECT 1;"])
    let error = try #require(throws: GradusError.self) { try tree.definition(layout: layout) }
    #expect(error.code == .invalidFile)
    #expect(error.message.contains("must be a folder's whole name"), "\(error)")
  }

  private static func tree(of database: String, migration: String) throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml":
        "version: 2\ncompat_version: 1\ngradual_migrations: [{name: m, starts: 2, \(migration)}]\n",
      "schema/\(database)/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
    ])
  }

  /// No plan would look at it, and the version that relies on it would find nothing complete.
  @Test(arguments: [
    ("shop", "updates: []", "main", "say by 'database' of which it is: common, shop"),
    ("main", "database: mian", "mian", "did you mean 'main'?"),
  ])
  func aGradualMigrationOfNoDatabase(database: String, migration: String, named: String, hint: String) throws
  {
    let tree = try Self.tree(of: database, migration: migration)
    let error = try #require(throws: GradusError.self) { try tree.definition() }
    #expect(error.code == .invalidTree && error.file == "schema/schema.yaml")
    #expect(error.message == "the gradual migration 'm' is of the database '\(named)', which has no files")
    #expect(error.hint == hint)
  }

  @Test(arguments: [("shop", "database: shop"), ("main", "updates: []"), ("main", "database: common")])
  func aGradualMigrationOfOne(database: String, migration: String) throws {
    let tree = try Self.tree(of: database, migration: migration)
    #expect(try tree.definition().ledger.gradualMigrations.count == 1)
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
