import Dispatch
import GradusSQL
import GradusSQLite
import GradusTestSupport
import Synchronization
import Testing

/// Reading on another connection while a transaction goes on.
@Suite struct AlongsideTests {
  private struct Refusal: Error, Equatable { let who: String }

  private func with(
    _ engine: Engine, _ body: (Session) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await fill(session)
      try await body(session)
    }
  }

  private func fill(_ session: Session) async throws {
    try await session.run {
      try $0.executeScript("CREATE TABLE a (n INTEGER); CREATE TABLE b (n INTEGER); INSERT INTO a VALUES (1)")
    }
  }

  private static func counts(_ connection: Connection) throws -> [SQLValue] {
    try connection.queryRow("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)")!.values
  }

  /// What the transaction has written is there where the reader is the same connection, which is why nobody may ask for it.
  @Test(arguments: TestDatabase.availableEngines)
  func seesWhatHasBeenCommitted(_ engine: Engine) async throws {
    try await with(engine) { session in
      for round in 1...3 {
        let (found, written) = try await session.transaction { connection in
          try connection.execute("INSERT INTO b VALUES ($1)", [SQLValue(round)])
          return try connection.alongside(Self.counts) {
            try connection.execute("INSERT INTO b VALUES ($1)", [SQLValue(round)])
          }
        }
        #expect(written == 1)
        let before = 2 * (round - 1)
        #expect(found == [1, SQLValue(engine == .sqlite ? before : before + 1)])
      }
      let all = try await session.run(Self.counts)
      #expect(all == [1, 6])
    }
  }

  @Test func goesOnMeanwhile() async throws {
    try await with(.sqlite) { session in
      let (hasRead, hasWritten) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      let (readWaited, bodyWaited) = try await session.transaction { connection in
        try connection.alongside { connection in
          hasRead.signal()
          let result = hasWritten.wait(timeout: .now() + 60)
          _ = try Self.counts(connection)
          return result
        } _: {
          let result = hasRead.wait(timeout: .now() + 60)
          try connection.execute("INSERT INTO b VALUES (1)")
          hasWritten.signal()
          return result
        }
      }
      #expect(readWaited == .success)
      #expect(bodyWaited == .success)
    }
  }

  /// Where no other connection sees the same: in memory, and while nothing keeps others from writing.
  @Test func oneAfterTheOther() async throws {
    func order(_ session: Session, inTransaction: Bool) async throws -> [String] {
      try await session.run { connection in
        let order = Mutex<[String]>([])
        func both() throws {
          _ = try connection.alongside { _ in
            order.withLock { $0.append("read") }
          } _: {
            order.withLock { $0.append("body") }
          }
        }
        if inTransaction { try connection.transaction { _ in try both() } } else { try both() }
        return order.withLock { $0 }
      }
    }
    let inMemory = try await Session.open(SQLiteDriver(path: ":memory:"))
    try await fill(inMemory)
    #expect(try await order(inMemory, inTransaction: true) == ["read", "body"])
    try await with(.sqlite) { session in
      let found = try await order(session, inTransaction: false)
      #expect(found == ["read", "body"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func failsAsEitherDoes(_ engine: Engine) async throws {
    try await with(engine) { session in
      func run(readFails: Bool, bodyFails: Bool) async throws {
        try await session.transaction { connection in
          try connection.execute("INSERT INTO b VALUES (1)")
          _ = try connection.alongside { connection in
            if readFails { throw Refusal(who: "read") }
            return try Self.counts(connection)
          } _: {
            try connection.execute("INSERT INTO b VALUES (2)")
            if bodyFails { throw Refusal(who: "body") }
          }
        }
      }
      await #expect(throws: Refusal(who: "read")) { try await run(readFails: true, bodyFails: false) }
      await #expect(throws: Refusal(who: "body")) { try await run(readFails: false, bodyFails: true) }
      await #expect(throws: Refusal(who: "read")) { try await run(readFails: true, bodyFails: true) }
      #expect(try await session.run(Self.counts) == [1, 0])
      try await run(readFails: false, bodyFails: false)
      #expect(try await session.run(Self.counts) == [1, 2])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func isCancelledToo(_ engine: Engine) async throws {
    try await with(engine) { session in
      try await CancellationTests.expectCancellation(of: session) { connection, begin in
        try connection.execute("INSERT INTO b VALUES (1)")
        begin()
        _ = try connection.alongside {
          try $0.execute(CancellationTests.longStatement(engine))
        } _: {
        }
      }
      #expect(try await session.run(Self.counts) == [1, 0])
    }
  }

  /// Each element is read once, and what is found comes in their order.
  @Test(arguments: TestDatabase.availableEngines, [0, 1, 2, 5])
  func readsInHalves(_ engine: Engine, count: Int) async throws {
    try await with(engine) { session in
      let elements = Array(0..<count)
      let found = try await session.transaction { connection in
        try connection.readInHalves(elements) { elements, connection in
          try elements.map { try connection.queryRow("SELECT n + $1 FROM a", [SQLValue($0)])?[0] }
        }
      }
      #expect(found.count == (engine == .sqlite && count > 1 ? 2 : 1))
      #expect(Array(found.joined()) == elements.map { SQLValue($0 + 1) })
    }
  }

  /// The reader must not write: what it wrote would not be part of the transaction.
  @Test func onlyReads() async throws {
    try await with(.sqlite) { session in
      let error = await #expect(throws: SQLError.self) {
        try await session.transaction { connection in
          _ = try connection.alongside {
            try $0.execute("INSERT INTO b VALUES (1)")
          } _: {
          }
        }
      }
      #expect(error?.code == .readOnly)
    }
  }
}
