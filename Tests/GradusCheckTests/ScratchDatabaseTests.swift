import Foundation
import Gradus
import GradusCheck
import GradusSQL
import GradusTestSupport
import GradusUpdates
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

  @Test(arguments: TestDatabase.availableEngines)
  func aCopyIsAnotherDatabase(engine: Engine) async throws {
    let server = try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init)
    let found = try await ScratchDatabase.with(engine, on: server) { original -> [Int64?] in
      let first = try await Session.open(original.driver)
      try await first.run { connection in
        try connection.execute("CREATE TABLE t (n BIGINT)")
        try connection.execute("INSERT INTO t VALUES (1)")
      }
      await first.close()
      return try await ScratchDatabase.with(engine, on: server, copying: original) { copy -> [Int64?] in
        let (one, other) = (try await Session.open(original.driver), try await Session.open(copy.driver))
        try await other.run { try $0.execute("UPDATE t SET n = n + 1") }
        let query = "SELECT n FROM t"
        return [
          try await one.run { try $0.queryRow(query)?.integer(0) },
          try await other.run { try $0.queryRow(query)?.integer(0) },
        ]
      }
    }
    #expect(found == [1, 2])
  }

  /// A pooler keeps connections of those who have gone. Then none is made, and an empty one in its place.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func whatSomebodyElseHasOpenIsNotCopied() async throws {
    let server = try ScratchServer(
      try #require(ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"]))
    try await ScratchDatabase.with(.postgres, on: server) { original in
      let open = try await Session.open(original.driver)
      try await open.run { _ = try $0.execute("CREATE TABLE t (n BIGINT)") }
      try await ScratchDatabase.with(.postgres, on: server, copying: original) { copy in
        #expect(!copy.isCopy)
        let session = try await Session.open(copy.driver)
        try await session.run { _ = try $0.execute("CREATE TABLE t (n BIGINT)") }
      }
      await open.close()
      try await ScratchDatabase.with(.postgres, on: server, copying: original) { copy in
        let session = try await Session.open(copy.driver)
        let rows = try await session.run { try $0.query("SELECT n FROM t").count }
        #expect(copy.isCopy && rows == 0)
      }
    }
  }

  /// What deltas change and what they do to rows is tried on two databases of the version before, of which one is made.
  @Test(arguments: TestDatabase.availableEngines)
  func theVersionBeforeIsMadeOnce(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml":
        "version: 3\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 1}}\n",
      "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY);",
      "delta/main/3/01_a.sql": "SELECT 1;",
    ])
    let runs = Mutex(0)
    let code = CodeDelta(version: 2, name: "01_code.swift", create: { _ in runs.withLock { $0 += 1 } })
    let server = try ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map(ScratchServer.init)
    let builder = SchemaBuilder(
      schema: try tree.definition(codeDeltas: [code]),
      registry: UpdateRegistry(), server: server)
    let result = try await Checker(builder, engines: [engine]).run()
    #expect(result.findings.isEmpty, "\(result.findings.map(\.message))")
    // Of version 2 each of the two, and once for version 3.
    #expect(runs.withLock { $0 } == 3)
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
