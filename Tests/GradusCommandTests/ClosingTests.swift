import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// What a command leaves beside a SQLite file.
@Suite struct ClosingTests {
  /// Who copies the file of a database that nobody has open has all of it.
  @Test func aCommandTakesItsLogWithIt() async throws {
    try await Shop.with(.sqlite, .steered()) { shop in
      guard case .sqlite(let path) = shop.database.location else { throw CancellationError() }
      for command in [
        ["migrate"], ["migrate"], ["updates", "run", "touch"], ["updates", "list"], ["status"],
      ] {
        #expect([0, 2].contains(try await shop.start(command).result().code))
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"), "\(command)")
      }
    }
  }
}
