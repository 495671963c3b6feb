import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A database that may be read and not written.
@Suite struct ReadOnlyTests {
  private func migrate(_ shop: Shop, at address: String, as user: String? = nil) async throws -> ProgramResult
  {
    try await Program.gradus.run(
      ["migrate", "--schema-root", shop.schema.root.path, "--database", address], as: user)
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anOperatorsDefaultOfReadOnlyIsRespected() async throws {
    try await Shop.with(.postgres) { shop in
      try await shop.gradus("migrate", "--to", "1")
      let before = try await DatabaseDump.lines(shop.database)
      let result = try await migrate(
        shop, at: shop.database.address + "&options=-cdefault_transaction_read_only%3Don")
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("in a read-only transaction [SQLSTATE 25006]"), "\(result)")
      #expect(try await DatabaseDump.lines(shop.database) == before)
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aRoleWithoutRights() async throws {
    let role = "gradus_reader_\(UInt32.random(in: 0...UInt32.max))"
    try await Shop.with(.postgres) { shop in
      try await shop.gradus("migrate", "--to", "1")
      try await shop.database.execute("CREATE ROLE \(role) LOGIN")
      try await shop.database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
      let before = try await DatabaseDump.lines(shop.database)
      let address = shop.database.address + "&user=\(role)"
      let blind = try await migrate(shop, at: address)
      try await shop.database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(role)")
      let reader = try await migrate(shop, at: address)
      try await shop.database.execute("DROP OWNED BY \(role)")
      try await shop.database.execute("DROP ROLE \(role)")
      for (result, message) in [(blind, "permission denied for table"), (reader, "may not make tables")] {
        #expect(result.code == 1, "\(result)")
        #expect(result.messages.contains(message), "\(result)")
      }
      #expect(try await DatabaseDump.lines(shop.database) == before)
    }
  }
}
