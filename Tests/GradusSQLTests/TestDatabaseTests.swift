import Foundation
import GradusPostgres
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@Suite struct TestDatabaseTests {
  @Test(arguments: TestDatabase.availableEngines)
  func aCancelledTestLeavesNoneBehind(engine: Engine) async throws {
    let made = Mutex<DatabaseLocation?>(nil)
    let task = Task {
      try await TestDatabase.withDatabase(engine) { database in
        made.withLock { $0 = database.location }
        withUnsafeCurrentTask { $0?.cancel() }
        try Task.checkCancellation()
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    let location = made.withLock { $0 }
    switch try #require(location) {
    case .sqlite(let path):
      let folder = URL(filePath: path).deletingLastPathComponent()
      #expect(!FileManager.default.fileExists(atPath: folder.path))
    case .postgres(let address):
      let driver = PostgresDriver(connectionString: address, applicationName: "gradus-test")
      let error = await #expect(throws: SQLError.self) { _ = try await Session.open(driver) }
      #expect(error?.description.contains("does not exist") == true, "\(String(describing: error))")
    }
  }
}
