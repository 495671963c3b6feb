import Foundation
import Gradus
import GradusSQL
import GradusSQLite
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A disk that is full in the middle: the error says so, nothing is half done, and with space again the next run
/// finishes without anybody's doing.
@Suite(.serialized) struct DiskFullTests {
  /// On a file system of its own, as an operator meets it.
  @Test(.enabled(if: SmallFileSystem.isPossible), arguments: TestDatabase.availableEngines)
  func ofAFileSystem(engine: Engine) async throws {
    let life = try Life.short()
    let expected = try await life.expected(engine)
    let fileSystem = try SmallFileSystem(megabytes: 64)
    let cluster = engine == .postgres ? try await PostgresCluster.start() : nil
    func makeDatabase(_ name: String) async throws -> TestDatabase {
      guard let cluster else {
        return TestDatabase(at: .sqlite(path: fileSystem.folder.appending(path: name).path))
      }
      // Its log is elsewhere: without space for that, a server stops.
      let space = fileSystem.folder.appending(path: name)
      try FileManager.default.createDirectory(at: space, withIntermediateDirectories: false)
      try FileManager.default.setAttributes(
        [.ownerAccountName: ServerProcess.owner], ofItemAtPath: space.path)
      let session = try await cluster.open()
      try await session.run { connection in
        try connection.execute("CREATE TABLESPACE \(name) LOCATION '\(space.path)'")
        try connection.execute("CREATE DATABASE \(name) TEMPLATE template0 TABLESPACE \(name)")
      }
      return TestDatabase(at: .postgres(cluster.address(database: name)))
    }
    let measured = try await makeDatabase("measured")
    let before = try fileSystem.free()
    try await life.run(measured.driver)
    let need = before - (try fileSystem.free())
    var failures = 0
    let count = FaultScale.times(4)
    for part in 1...count {
      let database = try await makeDatabase("full\(part)")
      try fileSystem.fill(leaving: need * part / (count + 1))
      do { try await life.run(database.driver) } catch {
        failures += 1
        Self.expectTelling(error, "with \(need * part / (count + 1)) of \(need) bytes")
      }
      try fileSystem.fill(leaving: nil)
      await #expect(throws: Never.self) { try await life.run(database.driver) }
      DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
    }
    #expect(failures > 0)
    print("disk full: \(engine): \(failures) of \(count) runs met it, \(need) bytes needed")
  }

  /// By a limit of the database's own, at many places.
  @Test func ofASQLiteFileWithALimit() async throws {
    let life = try Life.short()
    let expected = try await life.expected(.sqlite)
    let pages = try await TestDatabase.withDatabase(.sqlite) { database in
      try await life.run(database.driver)
      return try await database.open().run { Int(try $0.queryRow("PRAGMA page_count")?.integer(0) ?? 0) }
    }
    var failures = 0
    let count = FaultScale.times(8)
    for part in 0..<count {
      try await TestDatabase.withDatabase(.sqlite) { database in
        do { try await life.run(LimitedDriver(base: database.driver, pages: 2 + pages * part / count)) } catch
        {
          failures += 1
          Self.expectTelling(error, "with \(part)/\(count) of \(pages) pages")
        }
        await #expect(throws: Never.self) { try await life.run(database.driver) }
        DatabaseDump.expectEqual(try await Life.result(database), expected, seed: 0)
      }
    }
    #expect(failures >= count / 2, "\(failures)")
  }

  private static func expectTelling(_ error: any Error, _ what: String) {
    let text = "\(error)"
    let namesIt = ["is full", "No space left", "SQLSTATE 53100"].contains { text.contains($0) }
    #expect(namesIt, "\(what): \(text)")
    #expect(text.contains("run again"), "\(what): \(text)")
  }
}

/// A SQLite database that may not grow beyond a size.
private struct LimitedDriver: ForwardingDriver {
  let base: any Driver
  let pages: Int

  func open() throws -> any ConnectionBackend {
    let connection = try base.open()
    _ = try connection.run("PRAGMA max_page_count = \(pages)", [], row: { _ in })
    return connection
  }
}
