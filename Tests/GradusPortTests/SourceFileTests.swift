import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// Whether the source is as it was when the port began, also where its rows are not in its file yet.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct SourceFileTests {
  /// With `auto_vacuum` pages move in the file, and row ids stay.
  @Test func aSourceThatGivesPagesBack() async throws {
    try await PortPlace.with(sqlite: "CREATE TABLE a (x TEXT);", postgres: "CREATE TABLE a (x TEXT);") {
      place in
      try await place.write(
        "PRAGMA auto_vacuum = 1", "VACUUM",
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO a SELECT i || hex(randomblob(200)) FROM n
        """, "DELETE FROM a WHERE rowid % 3 > 0")
      let result = try await place.port(PortOptions(chunkRows: 7))
      #expect(result.status == .complete, "\(result.differences)")
      #expect(result.tables.first { $0.name == "a" }?.rows == 100)
    }
  }

  @Test func rowsThatAReaderKeepsInTheLog() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      var place = place
      place.busyTimeout = 50
      try await place.write("INSERT INTO notes (id, note) VALUES (5, 'five'), (6, 'six' || char(0))")
      #expect(try await place.refusal(PortOptions(chunkRows: 1)).count == 1)
      let reader = try await place.source.open()
      try await reader.run { connection in
        try connection.execute("BEGIN")
        _ = try connection.query("SELECT * FROM notes")
      }
      // Into the log; the file stays as it is, and a port that goes on after row 5 would pass row 3 over.
      try await place.write(
        "UPDATE notes SET note = 'six' WHERE id = 6", "INSERT INTO notes (id, note) VALUES (3, 'three')")
      let reasons = try await place.refusal()
      #expect(reasons.count == 1)
      #expect(reasons.first?.contains("write-ahead log") == true)
      try await reader.run { _ = try $0.execute("ROLLBACK") }
      #expect(try await place.refusal().first?.contains("has been written since") == true)
      #expect(try await place.port(PortOptions(startsOver: true)).status == .complete)
      #expect(try await place.rows("SELECT id FROM notes ORDER BY id") == [[3], [5], [6]])
    }
  }
}
