import Gradus
import GradusPort
import GradusSQL
import GradusSQLite
import GradusTestSupport
import Testing

/// A port of a target that another one fills, or has filled.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct SecondPortTests {
  /// What it knew of the target when it began to wait is not what it acts on.
  @Test(.timeLimit(.minutes(2)), arguments: ["preparing", "copying"])
  func oneThatWaitsLeavesWhatIsCompleteAlone(phase: String) async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      try await place.write("INSERT INTO notes (id, note) VALUES (1, 'a')")
      #expect(try await place.port().status == .complete)
      let session = try await place.target.open()
      // As the first one leaves it while it works.
      try await session.run { connection in
        _ = try connection.execute("UPDATE gradus_port_state SET phase = $1", [.text(phase)])
      }
      let first = DatabaseMigrator(
        schema: try place.schema.definition(), database: PhysicalDatabase(driver: place.target.driver))
      let second = try await first.holdingLock(on: session) {
        let (waiting, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
          defer { continuation.finish() }
          return try await place.port { event in
            if case .migration(.waiting) = event { continuation.yield() }
          }
        }
        for await _ in waiting { break }
        try await session.run { connection in
          try connection.execute("UPDATE gradus_port_state SET phase = 'complete'")
          try connection.execute("INSERT INTO notes (id, note) VALUES (2, 'the application''s')")
        }
        return task
      }
      #expect(try await second.value.status == .alreadyComplete)
      #expect(try await place.rows("SELECT id FROM notes ORDER BY id") == [[1], [2]])
    }
  }

  @Test func anotherSourceThanTheOneThatIsComplete() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      try await place.write("INSERT INTO notes (id, note) VALUES (1, 'a')")
      #expect(try await place.port().status == .complete)
      #expect(try await place.port().status == .alreadyComplete)
      try await Task.sleep(for: .milliseconds(20))
      try await place.write(
        "INSERT INTO notes (id, note) VALUES (2, 'b')", "PRAGMA wal_checkpoint(TRUNCATE)")
      let reasons = try await place.refusal()
      #expect(reasons.count == 1)
      #expect(reasons.first?.contains("an earlier state of this one") == true)
      #expect(try await place.rows("SELECT id FROM notes") == [[1]])
    }
  }

  /// It has a phase that this release does not have.
  @Test func oneThatANewerReleaseHasBegun() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      try await place.write("INSERT INTO notes (id, note) VALUES (1, 'a')")
      #expect(try await place.port().status == .complete)
      try await place.writeTarget(
        "UPDATE gradus_port_state SET phase = 'polishing'", "INSERT INTO notes (id, note) VALUES (2, 'b')")
      let reasons = try await place.refusal()
      #expect(reasons.count == 1)
      #expect(reasons.first?.contains("has come to 'polishing'") == true)
      #expect(try await place.rows("SELECT id FROM notes ORDER BY id") == [[1], [2]])
    }
  }

  /// The file alone is as it was.
  @Test func rowsThatAreInTheLogOnly() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      let session = try await place.source.open()
      try await session.run { _ = try $0.execute("INSERT INTO notes (id, note) VALUES (1, 'a')") }
      #expect(try await place.port().status == .complete)
      #expect(try await place.port().status == .alreadyComplete)
      try await Task.sleep(for: .milliseconds(20))
      try await session.run { _ = try $0.execute("INSERT INTO notes (id, note) VALUES (2, 'b')") }
      #expect(try await place.refusal().first?.contains("an earlier state of this one") == true)
    }
  }

  @Test func aSourceThatIsNotThere() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      #expect(try await place.port().status == .complete)
      let runner = try place.runner
      let path = place.schema.root.appending(path: "missing.db").path
      let port = DatabasePort(
        definition: try place.schema.definition(),
        source: PhysicalDatabase(driver: SQLiteDriver(path: path, createsFile: false)),
        target: PhysicalDatabase(driver: place.target.driver), completer: { _ in runner })
      let error = await #expect(throws: SQLError.self) { try await port.run() }
      #expect(error?.code == .cannotConnect)
    }
  }
}
