import Foundation
import Gradus
import GradusAdmin
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Synchronization
import Testing

/// A slow or lost database costs an answer, and no more.
@Suite struct DatabaseAccessTests {
  private func access(
    _ database: TestDatabase, timeout: Duration = .seconds(10), capacity: Int = 32
  ) -> DatabaseAccess {
    DatabaseAccess(
      PhysicalDatabase(driver: database.driver), timeout: timeout, capacity: capacity, logger: .silent)
  }

  private func one(_ access: DatabaseAccess) async throws -> SQLValue? {
    try await access.perform { session in try await session.run { try $0.queryRow("SELECT 1")?[0] } }
  }

  /// A statement that runs for as long as one lets it.
  private static func endless(_ connection: Connection) throws {
    _ = try connection.query(
      "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n > 0 AND n < 2000000000) SELECT max(n) FROM c"
    )
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatTakesTooLongIsBrokenOff(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let access = access(database, timeout: .milliseconds(300))
      #expect(try await one(access) == 1)
      let start = ContinuousClock.now
      let failure = await #expect(throws: AdminFailure.self) {
        try await access.perform { session in try await session.run { try Self.endless($0) } }
      }
      #expect(failure?.status == 503)
      #expect(ContinuousClock.now - start < .seconds(5))
      // The session goes on.
      try await eventually { try await self.one(access) == 1 }
    }
  }

  /// The time of a request counts from when it came, not from when its turn comes.
  @Test(arguments: TestDatabase.availableEngines)
  func whoWaitsTooLongGoesAway(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let access = access(database, timeout: .milliseconds(500), capacity: 3)
      let first = Task {
        try await access.perform { session in try await session.run { try Self.endless($0) } }
      }
      try await Task.sleep(for: .milliseconds(50))
      async let second = one(access)
      async let third = one(access)
      try await Task.sleep(for: .milliseconds(50))
      // No more than these may wait.
      let full = await #expect(throws: AdminFailure.self) { try await one(access) }
      #expect(full?.status == 503)
      await #expect(throws: AdminFailure.self) { try await first.value }
      _ = try? await second
      _ = try? await third
      try await eventually { try await self.one(access) == 1 }
    }
  }

  /// A driver whose connections hang, as those to a host that has vanished.
  private struct HangingDriver: Driver {
    let gate: Gate
    var engine: Engine { .postgres }
    var databaseName: String { "vanished" }

    final class Gate: Sendable {
      let isOpen = Mutex(false)
      let threads = Mutex(0)
    }

    func open() throws -> any ConnectionBackend {
      gate.threads.withLock { $0 += 1 }
      // On the session's own thread.
      while !gate.isOpen.withLock({ $0 }) { usleep(10_000) }
      throw SQLError(.cannotConnect, "gone, at 192.0.2.1 with password hunter2")
    }
  }

  @Test func aHostThatVanishedTakesFewThreads() async throws {
    let gate = HangingDriver.Gate()
    let access = DatabaseAccess(
      PhysicalDatabase(driver: HangingDriver(gate: gate)), timeout: .milliseconds(50), capacity: 4,
      logger: .silent)
    for _ in 0..<60 {
      await #expect(throws: AdminFailure.self) { try await self.one(access) }
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(gate.threads.withLock { $0 } <= 3)
    gate.isOpen.withLock { $0 = true }
    try await eventually {
      do {
        _ = try await self.one(access)
        return false
      } catch let failure as AdminFailure {
        return failure.message.contains("cannot be reached")
      }
    }
    do {
      _ = try await one(access)
    } catch let failure as AdminFailure {
      // What the driver says is for the log.
      #expect(!failure.json.contains("hunter2") && !failure.json.contains("192.0.2.1"))
    }
  }

  @Test func aLostConnectionIsOpenedAgain() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    try await TestDatabase.withDatabase(.postgres) { database in
      let access = access(database)
      for isIdle in [false, true] {
        let process = try await access.perform { session in
          try await session.run { try $0.queryRow("SELECT pg_backend_pid()")![0] }
        }
        _ = try await database.open().run {
          try $0.query("SELECT pg_terminate_backend($1::int, 5000)", [process])
        }
        // Noticed before or in use, and reading is done anew.
        if isIdle { try await Task.sleep(for: .milliseconds(1100)) }
        #expect(try await one(access) == 1)
      }
    }
  }

  /// Whose answer is lost is not told that somebody else has queued the job: whether it is queued is not known.
  @Test(arguments: TestDatabase.availableEngines)
  func aJobIsNotStartedTwice(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let driver = ForgetfulDriver(base: desk.database.driver)
      let forgetful = try Desk.make(
        desk.database, [PhysicalDatabase(driver: driver)], desk.configuration.reports.schema)
      let path = "\(Desk.native)/jobs/event_resign"
      let lost = await forgetful.post(path)
      #expect(lost.status == 503, "\(lost)")
      #expect(try await desk.queue().contains { $0[0] == "event_resign" })
      #expect(await forgetful.post(path).status == 409)
    }
  }

  /// Opens connections that are lost once they have committed a job, so that nobody hears of it.
  private struct ForgetfulDriver: ForwardingDriver {
    let base: any Driver
    func open() throws -> any ConnectionBackend { Backend(try base.open()) }

    private final class Backend: ForwardingBackend {
      private var hasQueued = false

      override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
        let result = try super.run(sql, parameters, row: row)
        hasQueued = hasQueued || sql.hasPrefix("INSERT INTO background_updates")
        return result
      }

      override func commit() throws {
        try super.commit()
        if hasQueued { throw SQLError(.connectionLost, "gone") }
      }
    }
  }

  /// An update may be completed as soon as it is changed: the answer is what it was changed to.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsCompletedMeanwhileIsAnsweredAsItWasChanged(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      _ = try await desk.runUpdates(["broken"])
      let driver = CompletingDriver(base: desk.database.driver)
      let hasty = try Desk.make(
        desk.database, [PhysicalDatabase(driver: driver)], desk.configuration.reports.schema)
      let retried = await hasty.post("\(Desk.native)/updates/broken/retry")
      #expect(retried.status == 200 && retried.object["parked"] == nil, "\(retried)")
      let paused = await hasty.post("\(Desk.native)/updates/touch/pause")
      #expect(paused.status == 200 && paused.object["state"] as? String == "paused", "\(paused)")
      #expect(paused.object["name"] as? String == "touch" && paused.object["known"] as? Bool == true)
      let late = await hasty.post("\(Desk.native)/updates/late/priority", #"{"priority": 7}"#)
      #expect(late.status == 200 && late.object["priority"] as? Int == 7, "\(late)")
      #expect(try await desk.queue().map { $0[0] } == ["foreign"])
      #expect(await hasty.post("\(Desk.native)/updates/touch/resume").status == 404)
    }
  }

  /// A driver whose connections complete an update once a change of it is committed, as a worker may.
  private struct CompletingDriver: ForwardingDriver {
    let base: any Driver
    func open() throws -> any ConnectionBackend { Backend(try base.open()) }

    private final class Backend: ForwardingBackend {
      private var hasChanged = false

      override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
        let result = try super.run(sql, parameters, row: row)
        hasChanged = hasChanged || sql.hasPrefix("UPDATE gradus_update_controls")
        return result
      }

      override func commit() throws {
        try super.commit()
        guard hasChanged else { return }
        hasChanged = false
        _ = try super.run(
          "DELETE FROM background_updates WHERE update_name IN (SELECT update_name FROM gradus_update_controls)",
          [], row: { _ in })
      }
    }
  }

  /// What can be told of the others is told: this is asked when something is wrong.
  @Test(arguments: TestDatabase.availableEngines)
  func oneOfSeveralIsUnreachable(engine: Engine) async throws {
    let checker = try SchemaChecker()
    let schema = try #require(checker.response("\(Desk.native)/status", "get", 200))
    try await Desk.with(engine) { desk in
      let first = PhysicalDatabase(name: "first", driver: desk.database.driver, databases: ["main"])
      let second = PhysicalDatabase(
        name: "second", driver: MissingDriver(path: "/nowhere"), databases: ["state"])
      for databases in [[first, second], [second, first]] {
        let both = try Desk.make(desk.database, databases, desk.configuration.reports.schema)
        let status = await both.get("\(Desk.native)/status")
        #expect(status.status == 200, "\(status)")
        #expect(checker.problems(status.object, schema).isEmpty, "\(status)")
        let told = status.objects("databases")
        #expect(told.map { $0["name"] as? String } == databases.map(\.name), "\(status)")
        let lost = try #require(told.first { $0["name"] as? String == "second" })
        #expect(lost["error"] as? String == "the database 'second' cannot be reached", "\(status)")
        #expect(lost["refusal"] as? String == lost["error"] as? String)
        let other = try #require(told.first { $0["name"] as? String == "first" })
        #expect(other["error"] == nil && (other["updates"] as? [Any])?.count == 4, "\(status)")
        // What needs all of them is as it is.
        #expect(await both.get("/ready", token: nil).status == 503)
        #expect(await both.get("\(Desk.compat)/status").status == 503)
      }
    }
  }

  /// The other reads tell what they can of the others, too, and name the one of which they tell nothing.
  @Test(arguments: TestDatabase.availableEngines)
  func readsNameTheOneThatIsUnreachable(engine: Engine) async throws {
    let checker = try SchemaChecker()
    try await Desk.with(engine) { desk in
      _ = try await desk.rows(
        """
        INSERT INTO gradus_update_certificates
          (update_name, completed_at, completed_by, scanned, written, duration_ms, verified)
        VALUES ('once', 1, 'somebody', 1, 1, 1, 'nothing')
        """)
      let first = PhysicalDatabase(name: "first", driver: desk.database.driver, databases: ["main"])
      let second = PhysicalDatabase(
        name: "second", driver: MissingDriver(path: "/nowhere"), databases: ["state"])
      let reason = "the database 'second' cannot be reached"
      for databases in [[first, second], [second, first]] {
        let both = try Desk.make(desk.database, databases, desk.configuration.reports.schema)
        for path in ["updates", "certificates", "plan"] {
          let schema = try #require(checker.response("\(Desk.native)/\(path)", "get", 200))
          let answer = await both.get("\(Desk.native)/\(path)")
          #expect(answer.status == 200, "\(path): \(answer)")
          #expect(checker.problems(answer.object, schema).isEmpty, "\(path): \(answer)")
          guard path == "plan" else {
            let errors = answer.objects("errors") as? [[String: String]]
            #expect(errors == [["database": "second", "error": reason]])
            #expect(answer.objects("completed").map { $0["database"] as? String } == ["first"], "\(answer)")
            if path == "updates" { #expect(answer.objects("updates").count == 4, "\(answer)") }
            continue
          }
          let told = answer.objects("databases")
          #expect(told.map { $0["name"] as? String } == databases.map(\.name), "\(answer)")
          for database in told {
            #expect(database["error"] as? String == (database["name"] as? String == "second" ? reason : nil))
          }
        }
      }
    }
  }

  /// Errors of the database are answers without addresses, statements or values.
  @Test func anUnreachableDatabase() async throws {
    let schema = try Desk.schema().definition()
    let folder = FileManager.default.temporaryDirectory.appending(path: "gradus-none-\(UUID().uuidString)")
    try await TestDatabase.withDatabase(.sqlite) { database in
      let missing = MissingDriver(path: folder.appending(path: "secret.db").path)
      let desk = try Desk.make(database, [PhysicalDatabase(driver: missing)], schema)
      for path in [
        "\(Desk.native)/status", "\(Desk.native)/updates", "\(Desk.compat)/status", "\(Desk.native)/plan",
        "\(Desk.native)/certificates",
      ] {
        let answer = await desk.get(path)
        #expect(answer.status == 503 && answer.errcode == "M_UNKNOWN", "\(answer)")
        #expect(!answer.body.contains("secret"), "\(answer)")
      }
      for path in ["\(Desk.native)/pause", "\(Desk.compat)/enabled", "\(Desk.native)/jobs/event_resign"] {
        #expect(await desk.post(path, "{}").status == 503)
      }
      let ready = await desk.get("/ready", token: nil)
      #expect(ready.status == 503)
      #expect(ready.body == #"{"ready":false,"reasons":["the database 'master' cannot be reached"]}"#)
    }
  }

  private struct MissingDriver: Driver {
    let path: String
    var engine: Engine { .sqlite }
    var databaseName: String { path }
    func open() throws -> any ConnectionBackend { throw SQLError(.cannotConnect, "cannot open \(path)") }
  }

  private func eventually(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while true {
      if (try? await condition()) == true { return }
      guard ContinuousClock.now < deadline else { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it did not come to be")
  }
}
