import Foundation
import Gradus
import GradusSQL

/// The rooms and users of `world.sql`.
struct DirectoryWorld {
  let thousands: Int

  var memberships: Int { thousands * 1000 }
  private var users: Int { thousands * 50 }

  private static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Makes the worked example's tables and fills them.
  func make(_ driver: any Driver, _ session: Session) async throws {
    let schema = try SchemaDefinition(root: Self.package.deletingLastPathComponent()).acting(as: 86)
    try await DatabaseMigrator(schema: schema, database: PhysicalDatabase(driver: driver)).migrate(
      on: session)
    var script = try String(contentsOf: Self.package.appending(path: "world.sql"), encoding: .utf8)
    for (name, value) in ["blocks": thousands, "users": users, "numbers": max(users, 300)] {
      script = script.replacing("{\(name)}", with: "\(value)")
    }
    let filled = script.replacing("{server}", with: "oracle.test")
    try await session.run { connection in
      try connection.transaction { try $0.executeScript(filled) }
      switch connection.engine {
      case .sqlite: _ = try connection.query("PRAGMA wal_checkpoint(TRUNCATE)")
      case .postgres: try connection.execute("VACUUM (ANALYZE)")
      }
    }
  }

  /// Fails unless the directory has as many rows as follow from the world's sizes.
  func check(_ session: Session) async throws {
    // A room of 40 has 20 local members with 39 others each, one of 10 has 5 with 9.
    let expected = [
      "user_directory": 2 * users, "user_directory_search": 2 * users,
      "users_in_public_rooms": 300 * thousands,
      "users_who_share_private_rooms": (5 * 20 * 39 + 50 * 5 * 9) * thousands,
    ]
    try await session.run { connection in
      for (table, count) in expected {
        let found = try connection.queryRow("SELECT COUNT(*) FROM \(table)")?[0].integer
        guard found == Int64(count) else {
          throw BenchmarkError("the result is wrong: \(table) has \(found ?? -1) rows, not \(count)")
        }
      }
    }
  }
}
