import GradusTestSupport
import Testing

@testable import Gradus

/// Where updates come from, by the deltas of a tree.
@Suite struct UpdateOriginTests {
  /// On another database there is nothing that an update of these would be about.
  @Test func theDatabasesAreThoseOfTheDeltasThatQueueIt() throws {
    let queue = "INSERT INTO background_updates (update_name, progress_json) VALUES"
    let schema = try TemporarySchema([
      "schema/schema.yaml": "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 3: {compat: 1}}\n",
      "schema/main/1/01_a.sql": "CREATE TABLE a (id BIGINT PRIMARY KEY);",
      "schema/state/1/01_b.sql": "CREATE TABLE b (id BIGINT PRIMARY KEY);",
      "delta/main/2/01_queue.sql": "\(queue) ('of_main', '{}'), ('of_both', '{}');",
      "delta/state/2/02_queue.sql": "\(queue) ('of_both', '{}');",
      "delta/state/3/01_fill.updates.yaml": "updates: [{name: declared, kind: sql, sql: DELETE FROM b}]",
      "delta/common/3/02_queue.sql": "\(queue) ('of_all', '{}');",
    ])
    defer { withExtendedLifetime(schema) {} }
    let tree = try schema.definition().tree
    func databases(_ update: String) throws -> Set<LogicalDatabase> {
      Set(try tree.deltas(ofUpdate: update).map(\.database))
    }
    #expect(try databases("of_main") == [.main])
    #expect(try databases("of_both") == [.main, .state])
    #expect(try databases("declared") == [.state])
    #expect(try databases("of_all") == [.common])
    #expect(try databases("another") == [])
    #expect(try tree.updateOrigins() == ["of_main": 2, "of_both": 2, "declared": 3, "of_all": 3])
  }
}
