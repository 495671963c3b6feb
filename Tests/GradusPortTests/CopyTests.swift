import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

/// `Connection.copy`.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct CopyTests {
  private static func text(_ numbers: [Int64]) -> CopyText {
    var text = CopyText()
    for number in numbers {
      text.append(number)
      text.endRow()
    }
    return text
  }

  private func withTable(_ body: (Session) async throws -> Void) async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      try await session.run { connection in
        _ = try connection.execute(
          "CREATE TABLE \"odd \"\"name, 7\" (\"a, b: c\" INTEGER UNIQUE CHECK (\"a, b: c\" < 100))")
      }
      try await body(session)
    }
  }

  private static let table = "odd \"name, 7"
  private static let column = "a, b: c"

  @Test func piecesAreOneCopy() async throws {
    try await withTable { session in
      let count = try await session.run { connection in
        var pieces = [Self.text([1, 2]), Self.text([]), Self.text([3])].makeIterator()
        return try connection.copy(into: Self.table, columns: [Self.column]) { pieces.next() }
      }
      #expect(count == 3)
      let sum = try await session.run {
        try $0.query("SELECT sum(\"a, b: c\")::bigint FROM \"odd \"\"name, 7\"")[0][0]
      }
      #expect(sum == 6)
    }
  }

  /// - Parameter numbers: of which the third is wrong.
  @Test(arguments: [[1, 2, 2, 4], [1, 2, 200], [1, 2, 30_000_000_000, 4]] as [[Int64]])
  func anErrorNamesTheRow(numbers: [Int64]) async throws {
    try await withTable { session in
      let error = await #expect(throws: SQLError.self) {
        try await session.run { connection in
          var pieces = [Self.text(numbers)].makeIterator()
          _ = try connection.copy(into: Self.table, columns: [Self.column]) { pieces.next() }
        }
      }
      #expect(error?.copyRow == 3)
      if numbers[2] > 1_000 {
        #expect(error?.copyColumn == Self.column)
        #expect(error?.message.contains("30000000000") == false)
      }
      let count = try await session.run { try $0.query("SELECT count(*) FROM \"odd \"\"name, 7\"")[0][0] }
      #expect(count == 0)
    }
  }

  private struct Stop: Error {}

  @Test func whatTheSourceThrowsEndsIt() async throws {
    try await withTable { session in
      await #expect(throws: Stop.self) {
        try await session.run { connection in
          var isFirst = true
          _ = try connection.copy(into: Self.table, columns: [Self.column]) {
            guard isFirst else { throw Stop() }
            isFirst = false
            return Self.text([1])
          }
        }
      }
      let count = try await session.run { try $0.query("SELECT count(*) FROM \"odd \"\"name, 7\"")[0][0] }
      #expect(count == 0)
    }
  }

  @Test(.timeLimit(.minutes(1))) func cancelling() async throws {
    try await withTable { session in
      let hasBegun = Atomic(false)
      let task = Task {
        try await session.run { connection in
          _ = try connection.copy(into: Self.table, columns: [Self.column]) {
            hasBegun.store(true, ordering: .releasing)
            return CopyText()
          }
        }
      }
      while !hasBegun.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(5)) }
      task.cancel()
      let error = await #expect(throws: SQLError.self) { try await task.value }
      #expect(error?.code == .cancelled)
      let count = try await session.run { try $0.query("SELECT count(*) FROM \"odd \"\"name, 7\"")[0][0] }
      #expect(count == 0)
    }
  }

  @Test func sqliteHasNone() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let session = try await database.open()
      let error = await #expect(throws: SQLError.self) {
        try await session.run { connection in
          _ = try connection.copy(into: "t", columns: ["a"]) { nil }
        }
      }
      #expect(error?.code == .forbiddenStatement)
      #expect(error?.message == "SQLite has no COPY")
    }
  }
}
