import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import HomeserverFixtures
import Testing

@testable import HomeserverSchema

/// The queries that each version's writer and reader run are those that `schema/queries` holds.
///
/// `GRADUS_RECORD_QUERIES=1` adds those that are missing.
struct CommittedQueriesTests {
  @Test(arguments: TestDatabase.availableEngines, HomeserverWriter.Version.allCases)
  func allQueriesAreCommitted(engine: Engine, version: HomeserverWriter.Version) async throws {
    let recorder = QueryRecorder()
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { try ExampleSchema.create(upTo: version.rawValue, on: $0) }
      let session = try await Session.open(RecordingDriver(database.driver, recorder))
      try await session.run { connection in
        let writer = HomeserverWriter(version)
        var history = RandomHistory(seed: 1)
        for _ in 1...300 {
          try history.step(writer, connection)
          for user in history.allUsers {
            _ = try connection.transaction(.read) { try writer.readRoomList($0, user: user) }
          }
        }
      }
    }
    let layout = SchemaLayout()
    let file = Fixtures.packageRoot.appending(path: layout.queries(of: version.rawValue))
    if ProcessInfo.processInfo.environment["GRADUS_RECORD_QUERIES"] == "1" {
      try QueryFile.add(recorder.queries, to: file, version: version.rawValue)
    }
    let committed = try QueryFile.parse(String(contentsOf: file, encoding: .utf8), file: file.path)
    let queries = recorder.queries.filter(QueryFile.isOfApplication).map(QueryFile.query)
    #expect(queries.count > 10)
    let merged = QueryFile.merge(queries, into: committed)
    #expect(merged == committed, "not committed: \(merged.dropFirst(committed.count).map(\.sql))")
  }
}
