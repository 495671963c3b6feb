import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// A port that goes on where an interrupted one has stopped.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct GoingOnTests {
  /// All that was copied before fitted, whatever becomes of what does not.
  @Test(arguments: [UnfitText.remove, .leaveOutRow])
  func onceSomethingIsToBecomeOfTextsThatDoNotFit(unfitText: UnfitText) async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      try await place.write("INSERT INTO notes (id, note) VALUES (1, 'a'), (2, 'b' || char(0)), (3, 'c')")
      let error = await #expect(throws: PortRefused.self) { try await place.port(PortOptions(chunkRows: 1)) }
      #expect(error?.hint?.contains("goes on from there") == true)
      #expect(try await place.rows("SELECT id FROM notes") == [[1]])
      let messages = Messages()
      let result = try await place.port(
        PortOptions(unfitText: unfitText, chunkRows: 1), report: { messages.note($0) })
      #expect(result.status == .complete, "\(result.differences)")
      #expect(!messages.all.contains { $0.contains("setting indexes") })
      let expected: [[SQLValue]] =
        unfitText == .remove ? [[1, "a"], [2, "b"], [3, "c"]] : [[1, "a"], [3, "c"]]
      #expect(try await place.rows("SELECT id, note FROM notes ORDER BY id") == expected)
    }
  }

  /// Rows that were mended and rows that were left out are not to stand side by side.
  @Test func notOnceSomethingHasBecomeOfThem() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      try await place.write(
        "INSERT INTO notes (id, note) VALUES (1, 'a' || char(0))",
        "INSERT INTO notes (id, n) VALUES (2, 'many')")
      // Twice: as it begins, and as it goes on.
      for first in [UnfitText.fail, .remove] {
        let reasons = try await place.refusal(PortOptions(unfitText: first, chunkRows: 1))
        #expect(reasons.last == "notes.n of the row with row id 2 holds a text, not a whole number")
      }
      for other in [UnfitText.fail, .leaveOutRow] {
        #expect(
          try await place.refusal(PortOptions(unfitText: other, chunkRows: 1)) == [
            "this port began with other options; give the same ones, or --start-over"
          ])
      }
    }
  }
}
