import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import HomeserverSchema
import HomeserverFixtures
import Testing

/// The worked example through its whole migration, by the same steps as an application's start-up.
@Suite struct GradualMigrationTests {
  @Test(arguments: TestDatabase.availableEngines)
  func straightToNPlusTwo(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let homeserver = try await ExampleServer(place)
      try await homeserver.start(86)
      try await SampleDatabase(rooms: 40, memberships: 300, users: 60).fill(homeserver.session)
      let steps = try await homeserver.start(88)
      #expect(steps.first == "raise_compat")
      #expect(steps.contains("complete_updates"))
      try await homeserver.expectRight(.complete)
      #expect(try await homeserver.start(88) == [])
      #expect(try await homeserver.start(87) == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func throughARollback(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let homeserver = try await ExampleServer(place)
      try await homeserver.start(86)
      try await SampleDatabase(rooms: 40, memberships: 300, users: 60).fill(homeserver.session)
      try await homeserver.start(87)
      try await homeserver.write(as: .v87, names: ["One", "Two"])
      try await homeserver.expectRight(.existingRowsAreRight)
      try await homeserver.update()
      try await homeserver.expectRight(.complete)

      // Twice back to N, the first time with the catch-up of the second still to come.
      for (name, steps) in [("Three", []), ("Four", ["forget_watermarks"])] {
        #expect(try await homeserver.start(86) == steps)
        try await homeserver.write(as: .v86, names: [name])
        #expect(try await homeserver.start(87) == ["purge_stale", "purge_stale"])
        try await homeserver.expectRight(.existingRowsAreRight)
        #expect(try await homeserver.start(87) == [])
      }
      try await homeserver.write(as: .v87, names: ["Five"])
      try await homeserver.start(88)
      try await homeserver.expectRight(.complete)
      let error = try #require(await #expect(throws: GradusError.self) { try await homeserver.start(86) })
      #expect(error.code == .databaseTooNew)
    }
  }
}
