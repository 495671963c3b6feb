import GradusSQL
import GradusSimulation
import GradusTestSupport
import Testing

/// A process dies, and is counted, at each way to its database, the fast ones too.
@Suite struct CrashingDriverTests {
  private static let table = "CREATE TABLE t (a TEXT)"

  /// What moves very many rows: COPY into PostgreSQL, raw reading from SQLite.
  private static func move(_ connection: Connection) throws {
    switch connection.engine {
    case .sqlite: try connection.forEachRawRow("SELECT a FROM t") { _ in true }
    case .postgres:
      var text = CopyText()
      text.append(Int64(7))
      text.endRow()
      var pieces = [text].makeIterator()
      try connection.copy(into: "t", columns: ["a"]) { pieces.next() }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func diesAtFastWays(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let crash = CrashSwitch()
      let session = try await Session.open(CrashingDriver(database.driver, crash))
      try await session.run { _ = try $0.execute(Self.table) }
      crash.arm(at: 2)
      try await session.run { try Self.move($0) }
      #expect(crash.statements == 1)
      let error = await #expect(throws: SQLError.self) { try await session.run { try Self.move($0) } }
      #expect(error?.code == .connectionLost)
      #expect(crash.isDown)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func fastWaysAreCounted(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let driver = CountingDriver(database.driver)
      let session = try await Session.open(driver)
      try await session.run { _ = try $0.execute(Self.table) }
      driver.reset()
      try await session.run { try Self.move($0) }
      #expect(driver.statements == [engine == .sqlite ? "SELECT a FROM t" : "COPY t"])
    }
  }
}
