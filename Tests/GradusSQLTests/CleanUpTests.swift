import GradusSQL
import GradusSQLite
import Synchronization
import Testing

@Suite struct CleanUpTests {
  @Test(arguments: [
    (SQLError.Code.cancelled, 3), (.statementTimeout, 3), (.connectionLost, 1), (.other, 1),
  ])
  func isTriedAgainAfterAnInterruption(_ code: SQLError.Code, attempts: Int) {
    var count = 0
    CleanUp.run {
      count += 1
      if count < 3 { throw SQLError(code, "") }
    }
    #expect(count == attempts)
  }

  @Test func comesToAnEnd() {
    CleanUp.run { throw SQLError(.cancelled, "") }
  }

  /// A limit that an interruption leaves would hold for all later statements.
  @Test func aLimitIsLiftedAfterAnInterruption() async throws {
    let driver = InterruptedDriver()
    try await Session.open(driver).run { connection in
      try connection.withStatements(limitedTo: .seconds(60)) { _ = try connection.query("SELECT 1") }
    }
    #expect(driver.isLifted)
  }
}

/// A driver whose connections are interrupted when they first lift a limit.
private final class InterruptedDriver: ForwardingDriver {
  let base: any Driver = SQLiteDriver(path: ":memory:")
  private let lifts = Mutex(0)

  var isLifted: Bool { lifts.withLock { $0 > 1 } }

  func open() throws -> any ConnectionBackend { Backend(try base.open(), self) }

  private final class Backend: ForwardingBackend {
    private let driver: InterruptedDriver

    init(_ base: any ConnectionBackend, _ driver: InterruptedDriver) {
      self.driver = driver
      super.init(base)
    }

    override func limitStatements(to duration: Duration?) throws {
      try super.limitStatements(to: duration)
      guard duration == nil else { return }
      let isFirst = driver.lifts.withLock { count in
        count += 1
        return count == 1
      }
      if isFirst { throw SQLError(.cancelled, "interrupted") }
    }
  }
}
