import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusSQLite

/// What lies beside a database's file.
@Suite struct SQLitePlaceTests {
  private func with(_ body: (_ path: String, _ link: String) async throws -> Void) async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      let folder = URL(filePath: path).deletingLastPathComponent().appending(path: "links")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let link = folder.appending(path: "link.db").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
      try await body(path, link)
    }
  }

  @Test func isTheSameByASymbolicLink() async throws {
    try await with { path, link in
      let session = try await Session.open(SQLiteDriver(path: path))
      try await session.transaction { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      let (driver, linked) = (SQLiteDriver(path: path), SQLiteDriver(path: link))
      #expect(linked.lockFile == driver.lockFile)
      #expect(linked.liveFolder == driver.liveFolder)
      #expect(driver.lockFile?.hasSuffix("/test.db.gradus-lock") == true)
      // The session's.
      #expect(FileManager.default.fileExists(atPath: path + "-wal"))
      #expect(linked.hasLog)
      try await session.run { _ = try $0.query("SELECT 1") }
    }
  }

  /// To look at a file changes nothing of it, not even how it keeps its journal.
  @Test func readingLeavesTheFileAsItIs() async throws {
    try await with { path, _ in
      let session = try await Session.open(SQLiteDriver(path: path, keepsJournal: true))
      try await session.transaction { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      let bytes = try Data(contentsOf: URL(filePath: path))
      try await session.transaction(.read) { _ = try $0.query("SELECT * FROM t") }
      #expect(try Data(contentsOf: URL(filePath: path)) == bytes)
      let other = try await Session.open(SQLiteDriver(path: path))
      let mode = try await other.run { try $0.queryRow("PRAGMA journal_mode")?[0].text }
      #expect(mode == "wal")
    }
  }

  /// A journal that is to be rolled back makes a file that may not be read as it is.
  @Test func aJournalIsALogToo() async throws {
    try await with { path, link in
      try Data().write(to: URL(filePath: path))
      #expect(!SQLiteDriver(path: path).hasLog)
      #expect(!SQLiteDriver(path: link).hasLog)
      try Data([1]).write(to: URL(filePath: path + "-journal"))
      #expect(SQLiteDriver(path: path).hasLog)
      #expect(SQLiteDriver(path: link).hasLog)
    }
  }

  @Test func aDatabaseInMemoryHasNothingBesideIt() {
    for path in [":memory:", ""] {
      #expect(SQLiteDriver(path: path).lockFile == nil)
      #expect(SQLiteDriver(path: path).liveFolder == nil)
    }
  }

  /// SQLite reads such a name as a URI.
  @Test func aNameThatBeginsLikeAURI() async throws {
    let name = "file:gradus-\(UUID().uuidString).db"
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: name + end) } }
    let session = try await Session.open(SQLiteDriver(path: name))
    let file = try await session.run { try $0.queryRow("PRAGMA database_list")?["file"].text }
    #expect(file?.hasSuffix("/" + name) == true, "\(file ?? "")")
  }

  /// Foundation takes it for the folder of a user, where nobody would meet who opens the file.
  @Test(arguments: ["~/test.db", "~root/test.db", "~root"])
  func aNameThatBeginsLikeAHome(name: String) {
    let lock = SQLiteDriver(path: name).lockFile ?? ""
    #expect(lock.hasPrefix(FileManager.default.currentDirectoryPath + "/"), "\(lock)")
    #expect(lock.hasSuffix("/\(name).gradus-lock"), "\(lock)")
  }

  /// As of `sqlite:////folder/test.db`. A file that nobody can be writing is opened by a URI.
  @Test func aPathMayBeginWithTwoSlashes() async throws {
    try await with { path, _ in
      let session = try await Session.open(SQLiteDriver(path: path, keepsJournal: true))
      try await session.transaction { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      for name in [path, "/" + path] {
        let connection = try SQLiteConnection(SQLiteDriver(path: name), isImmutable: true)
        defer { connection.close() }
        var tables: [String?] = []
        _ = try connection.run("SELECT name FROM sqlite_master", []) { tables.append($0[0].text) }
        #expect(tables == ["t"])
      }
    }
  }

  /// Who reads it keeps it from being switched to a log, without which each commit has to be synced.
  @Test func aFileThatHasNoLogIsSynced() async throws {
    try await with { path, _ in
      let reader = try await Session.open(SQLiteDriver(path: path, keepsJournal: true))
      try await reader.transaction { _ = try $0.execute("CREATE TABLE t (a INTEGER)") }
      try await reader.run { connection in
        try connection.execute("BEGIN")
        _ = try connection.query("SELECT * FROM t")
      }
      let session = try await Session.open(SQLiteDriver(path: path, busyTimeout: 50))
      let found = try await session.run { connection in
        try ["journal_mode", "synchronous"].map { try connection.queryRow("PRAGMA \($0)")?[0] }
      }
      #expect(found == ["delete", 2])
      try await reader.run { _ = try $0.execute("ROLLBACK") }
    }
  }
}
