import Foundation
import Gradus
import GradusService
import GradusSQL
import GradusTestSupport
import Logging
import ServiceLifecycle
import Testing

/// The announcement of a version as one of an application's services.
@Suite struct PresenceServiceTests {
  /// A database of version 1, and its announcement.
  private func with(_ body: (TestDatabase, VersionPresence) async throws -> Void) async throws {
    let tree = try TemporarySchema.shop()
    try await TestDatabase.withDatabase(.sqlite) { place in
      let schema = try tree.definition(to: 1)
      let database = PhysicalDatabase(driver: place.driver)
      try await DatabaseMigrator(schema: schema, database: database).migrate(on: place.open())
      let presence = try await VersionPresence.announce(version: 1, on: database, checkingEvery: nil)
      try await body(place, presence)
      await presence.release()
    }
  }

  private func folder(_ place: TestDatabase) -> URL? {
    guard case .sqlite(let path) = place.location else { return nil }
    return URL(filePath: path + ".gradus-live")
  }

  private func announcements(_ place: TestDatabase) throws -> [String] {
    let path = try #require(folder(place)).path
    return try FileManager.default.contentsOfDirectory(atPath: path)
  }

  @Test func itEndsWithTheGroup() async throws {
    try await with { place, presence in
      #expect(try announcements(place).count == 1)
      let group = ServiceGroup(
        services: [presence], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      async let running: Void = group.run()
      await group.triggerGracefulShutdown()
      try await running
      #expect(try announcements(place).isEmpty)
    }
  }

  @Test func aVersionThatIsShutOutEndsTheGroup() async throws {
    try await with { place, presence in
      let group = ServiceGroup(
        services: [presence], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      let running = Task { try await group.run() }
      // The announcement is lost, and the compat version rises before it is made anew.
      try FileManager.default.removeItem(at: try #require(folder(place)))
      let session = try await place.open()
      try await session.run { connection in
        try connection.execute("UPDATE schema_version SET version = 3")
        try connection.execute("UPDATE schema_compat_version SET compat_version = 2")
      }
      await #expect(throws: GradusError.self) { try await presence.check() }
      let error = await #expect(throws: GradusError.self) { try await running.value }
      #expect(error?.code == .databaseTooNew)
    }
  }
}
