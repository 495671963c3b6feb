import Gradus
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

/// Builds of indexes as whoever lists the queue sees them.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"))
struct IndexProgressTests {
  @Test(.timeLimit(.minutes(1)))
  func thatOfAnotherSchemaIsAnotherIndex() async throws {
    let index = UpdateDeclaration.Index(name: "numbers_b", table: "numbers", columns: ["b"])
    try await TestDatabase.withDatabase(.postgres) { place in
      let (reader, writer, builder) = (try await place.open(), try await place.open(), try await place.open())
      try await reader.run { connection in
        try connection.executeScript(
          """
          CREATE TABLE numbers (b BIGINT);
          CREATE SCHEMA other;
          CREATE TABLE other.numbers (b BIGINT);
          """)
      }
      func builds(path: String) async throws -> [String: IndexProgress] {
        try await reader.run { connection in
          try connection.execute("SET search_path = \(path)")
          return try IndexProgress.read(indexes: [index], connection)
        }
      }
      // Which the build waits for.
      try await writer.run { connection in
        try connection.execute("BEGIN")
        try connection.execute("INSERT INTO other.numbers VALUES (1)")
      }
      async let built = builder.run {
        try $0.execute("CREATE INDEX CONCURRENTLY numbers_b ON other.numbers (b)")
      }
      while try await builds(path: "other").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      #expect(try await builds(path: "public, other") == [:])
      try await writer.run { _ = try $0.execute("COMMIT") }
      _ = try await built
    }
  }
}
