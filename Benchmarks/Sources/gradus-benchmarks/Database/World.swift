import Foundation
import Gradus
import GradusSQL
import HomeserverSchema

/// The rooms and users of `world.sql`.
struct World {
  let thousands: Int

  var memberships: Int { thousands * 1000 }
  var rooms: Int { thousands * 56 }
  var users: Int { thousands * 50 }

  init(thousands: Int) { self.thousands = thousands }

  /// - Parameter memberships: rounded up to whole thousands.
  init(memberships: Int) { self.init(thousands: (memberships + 999) / 1000) }

  /// The folder of the benchmarks' package.
  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Makes the worked example's tables and fills them.
  ///
  /// - Parameter version: of the tables; nothing is queued in the end.
  func make(version: Int = 86, _ driver: any Driver, _ session: Session) async throws {
    let schema = try SchemaDefinition(
      root: Self.package.deletingLastPathComponent(),
      knownUpdates: Set(HomeserverUpdates.handlers.map(\.name))
    ).acting(as: version)
    try await DatabaseMigrator(schema: schema, database: PhysicalDatabase(driver: driver)).migrate(
      on: session)
    var script = try String(contentsOf: Self.package.appending(path: "world.sql"), encoding: .utf8)
    for (name, value) in ["blocks": thousands, "users": users, "numbers": max(users, 300)] {
      script = script.replacing("{\(name)}", with: "\(value)")
    }
    let filled = script.replacing("{server}", with: "oracle.test")
    try await session.run { connection in
      // Not in one transaction: in a log of many gigabytes SQLite takes long to find a page.
      try connection.executeScript(filled)
      // By the deltas, and by guards, to which this is an older version that writes.
      for table in ["background_updates", "gradus_stale_marks"] {
        try connection.execute("DELETE FROM \(table)")
      }
      switch connection.engine {
      case .sqlite: _ = try connection.query("PRAGMA wal_checkpoint(TRUNCATE)")
      case .postgres: try connection.execute("VACUUM (ANALYZE)")
      }
    }
  }
}
