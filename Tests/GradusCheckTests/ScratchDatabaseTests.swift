import Foundation
import GradusCheck
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@Suite struct ScratchDatabaseTests {
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aCancelledTaskLeavesNoneBehind() async throws {
    let server = try ScratchServer(
      try #require(ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"]))
    let name = Mutex("")
    let task = Task {
      try await ScratchDatabase.with(.postgres, on: server) { scratch in
        let session = try await Session.open(scratch.driver)
        let own = try await session.run { try $0.queryRow("SELECT current_database()")?.text(0) ?? "" }
        name.withLock { $0 = own }
        withUnsafeCurrentTask { $0?.cancel() }
        try Task.checkCancellation()
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    let made = name.withLock { $0 }
    #expect(made.hasPrefix("gradus_scratch_"))
    try await TestDatabase.withDatabase(.postgres) { database in
      let left = try await database.open().run {
        try $0.query("SELECT 1 FROM pg_database WHERE datname = $1", [.text(made)])
      }
      #expect(left.isEmpty)
    }
  }

  /// An application may have a schema of its own, which its role or address names.
  @Test(
    .enabled(if: TestDatabase.availableEngines.contains(.postgres)),
    arguments: [
      ("gradus_app", "gradus_app"), ("gradus_app,public", "public"), ("\"Gradus,App\",other", "Gradus,App"),
    ])
  func aSchemaOfTheSearchPathIsThere(path: String, schema: String) async throws {
    let address = try #require(ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"])
    let option = "-c search_path=\(path)"
    let encoded = option.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let server = try ScratchServer(
      address.contains("://")
        ? address + (address.contains("?") ? "&" : "?") + "options=\(encoded)"
        : "\(address) options='\(option)'")
    let found = try await ScratchDatabase.with(.postgres, on: server) { scratch in
      let session = try await Session.open(scratch.driver)
      return try await session.run { try $0.queryRow("SELECT current_schema()::text")?[0].text }
    }
    #expect(found == schema)
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aRoleThatMayMakeNoneIsToldWhatItNeeds() async throws {
    let role = "gradus_poor_\(UInt32.random(in: 0...UInt32.max))"
    try await TestDatabase.withDatabase(.postgres) { database in
      guard case .postgres(let address) = database.location else { return }
      let session = try await database.open()
      try await session.run { try $0.execute("CREATE ROLE \(role) LOGIN") }
      let server = try ScratchServer(address + (address.contains("://") ? "&" : " ") + "user=\(role)")
      let error = await #expect(throws: SQLError.self) {
        try await ScratchDatabase.with(.postgres, on: server) { _ in }
      }
      try await session.run { try $0.execute("DROP ROLE \(role)") }
      #expect(error?.hint?.contains("CREATEDB") == true, "\(String(describing: error))")
    }
  }

  /// A session takes away its files when it is closed, which may be while the folder is being removed.
  @Test func noFolderIsLeftBehind() async throws {
    for _ in 0..<50 {
      let folder = try await ScratchDatabase.with(.sqlite, on: nil) { scratch in
        let session = try await Session.open(scratch.driver)
        return try await session.run { connection in
          try connection.execute("CREATE TABLE t (n INTEGER)")
          return try connection.queryRow("SELECT file FROM pragma_database_list")?.text(0) ?? ""
        }
      }
      #expect(folder.contains("gradus_scratch_"))
      let parent = URL(filePath: folder).deletingLastPathComponent()
      #expect(!FileManager.default.fileExists(atPath: parent.path))
    }
  }
}
