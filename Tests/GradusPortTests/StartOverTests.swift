import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// What a port that begins anew takes over from the interrupted one.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct StartOverTests {
  /// Version 2 changes no column.
  static let files = [
    "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
    "schema/main/1/01_tables.sql":
      "CREATE TABLE notes (id BIGINT PRIMARY KEY, note TEXT); CREATE TABLE others (id BIGINT PRIMARY KEY, note TEXT);",
    "delta/main/2/01_index.sql": "CREATE INDEX notes_note ON notes (note);",
  ]

  /// A source whose table `notes` is copied and whose table `others` stops the port.
  private func interrupted(_ place: PortPlace) async throws {
    try await place.write(
      "INSERT INTO notes VALUES (1, 'a'), (2, 'b')", "INSERT INTO others VALUES (1, 'c' || char(0))")
    #expect(try await place.refusal().count == 1)
    #expect(try await place.rows("SELECT count(*) FROM notes") == [[2]])
  }

  @Test(arguments: [true, false])
  func aSourceOfAnotherVersion(startsOver: Bool) async throws {
    try await PortPlace.with(Self.files, version: 1) { place in
      try await interrupted(place)
      try await place.migrate(on: place.source.open())
      try await place.write("UPDATE others SET note = 'c'")
      #expect(
        try await place.refusal(PortOptions(startsOver: startsOver)) == [
          "this port began at schema version 1, which made the target's schema, and goes on at 2"
        ])
    }
  }

  @Test func whatIsLeftOutNow() async throws {
    try await PortPlace.with(Self.files) { place in
      try await interrupted(place)
      let result = try await place.port(
        PortOptions(leaveOut: ["notes"], unfitText: .remove, startsOver: true))
      #expect(result.status == .complete)
      #expect(result.leftOut == ["notes"])
      #expect(try await place.rows("SELECT * FROM notes") == [])
      #expect(try await place.rows("SELECT * FROM others") == [[1, "c"]])
    }
  }

  /// A later version has been there meanwhile and shut out version 1.
  @Test func theSourceAdmitsFewerVersions() async throws {
    try await PortPlace.with(Self.files) { place in
      try await interrupted(place)
      try await place.write("UPDATE schema_compat_version SET compat_version = 2")
      let result = try await place.port(PortOptions(unfitText: .remove, startsOver: true))
      #expect(result.status == .complete)
      #expect(try await place.rows("SELECT compat_version FROM schema_compat_version") == [[2]])
    }
  }
}
