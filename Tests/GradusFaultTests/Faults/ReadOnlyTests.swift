import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A server or a file that may only be read: what reads works, what writes says why it cannot, and nothing changes.
@Suite struct ReadOnlyTests {
  private func expectReadOnly(
    _ database: TestDatabase, _ tree: TemporarySchema, as user: String? = nil
  ) async throws {
    func gradus(_ arguments: String...) async throws -> ProgramResult {
      try await Program.gradus.run(
        arguments + ["--schema-root", tree.root.path, "--database", database.address], as: user)
    }
    for (arguments, code) in [(["status"], Int32(2)), (["plan"], 2), (["updates", "list"], 0)] {
      let result = try await Program.gradus.run(
        arguments + ["--schema-root", tree.root.path, "--database", database.address], as: user)
      #expect(result.code == code, "\(arguments): \(result)")
    }
    let rollback = try await gradus("can-rollback", "--to", "1")
    #expect(rollback.code == 0, "\(rollback)")
    let (migration, run) = (try await gradus("migrate"), try await gradus("updates", "run"))
    #expect(migration.code == 1, "\(migration)")
    // Where a worker gets as far as the first batch, its update remains.
    #expect([1, 2].contains(run.code), "\(run)")
    for result in [migration, run] {
      let namesIt = ["read-only", "Read-only", "Permission denied"].contains { "\(result)".contains($0) }
      #expect(namesIt, "\(result)")
      #expect("\(result)".contains("hint: "), "\(result)")
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aServer() async throws {
    let tree = try TemporarySchema.shop()
    let primary = try await PostgresCluster.start()
    let database = try await primary.makeDatabase()
    let shop = Shop(schema: tree, database: database)
    #expect(try await shop.gradus("migrate", "--to", "2").code == 0)
    let before = try await DatabaseDump.lines(database)
    let name = try await database.values("SELECT current_database()::text")[0].text ?? ""
    let standby = try await primary.startStandby()
    try await expectReadOnly(TestDatabase(at: .postgres(standby.address(database: name))), tree)
    try await database.execute("ALTER DATABASE \(name) SET default_transaction_read_only = on")
    try await expectReadOnly(database, tree)
    #expect(try await DatabaseDump.lines(database) == before)
  }

  @Test(.enabled(if: SmallFileSystem.isPossible)) func aFileSystem() async throws {
    let fileSystem = try SmallFileSystem(megabytes: 16)
    let database = TestDatabase(at: .sqlite(path: fileSystem.folder.appending(path: "shop.db").path))
    let shop = Shop(schema: try .shop(), database: database)
    #expect(try await shop.gradus("migrate", "--to", "2").code == 0)
    let before = try await DatabaseDump.lines(database)
    // While somebody has it open it cannot be mounted anew, and its log is beside it.
    while !(try FileManager.default.contentsOfDirectory(atPath: fileSystem.folder.path)).allSatisfy({
      !$0.hasSuffix("-wal")
    }) { try await Task.sleep(for: .milliseconds(5)) }
    try fileSystem.setReadOnly(true)
    try await expectReadOnly(database, shop.schema)
    try fileSystem.setReadOnly(false)
    #expect(try await DatabaseDump.lines(database) == before)
  }

  /// Root may write everywhere, so there somebody else has to try.
  @Test func aFolder() async throws {
    try await Shop.with(.sqlite) { shop in
      #expect(try await shop.gradus("migrate", "--to", "2").code == 0)
      let before = try await DatabaseDump.lines(shop.database)
      let file = URL(filePath: shop.database.address)
      let folder = file.deletingLastPathComponent()
      let manager = FileManager.default
      while manager.fileExists(atPath: file.path + "-wal") { try await Task.sleep(for: .milliseconds(5)) }
      try manager.setAttributes([.posixPermissions: 0o444], ofItemAtPath: file.path)
      try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
      defer { try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path) }
      try await expectReadOnly(shop.database, shop.schema, as: getuid() == 0 ? "nobody" : nil)
      try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
      try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
      #expect(try await DatabaseDump.lines(shop.database) == before)
    }
  }
}
