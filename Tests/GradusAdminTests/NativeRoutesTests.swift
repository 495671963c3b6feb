import Foundation
import Gradus
import GradusAdmin
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

/// Gradus's own routes: what they show is what the database says, and what they change is there.
@Suite struct NativeRoutesTests {
  private func states(_ desk: Desk) async -> [String: String] {
    let updates = await desk.get("\(Desk.native)/updates").objects("updates")
    return Dictionary(
      uniqueKeysWithValues: updates.map { ($0["name"] as? String ?? "", $0["state"] as? String ?? "") })
  }

  @Test(arguments: TestDatabase.availableEngines)
  func statesOfUpdates(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      #expect(
        await states(desk) == [
          "touch": "queued", "broken": "queued", "late": "waiting", "foreign": "unknown",
        ])
      _ = try await desk.runUpdates(["broken"])
      #expect(await states(desk)["broken"] == "parked")
      #expect(await desk.post("\(Desk.native)/updates/touch/pause").object["state"] as? String == "paused")
      desk.configuration.tracker.record(.started(name: "late", isResumed: false), database: "master")
      #expect(await states(desk)["late"] == "running")
      #expect(await desk.post("\(Desk.native)/pause").body == #"{"paused":true}"#)
      #expect(
        await states(desk) == ["touch": "paused", "broken": "parked", "late": "paused", "foreign": "unknown"])
      let all = await desk.get("\(Desk.native)/updates")
      #expect(all.object["paused"] as? Bool == true)
      #expect(await desk.get("\(Desk.native)/status").object["paused"] as? Bool == true)
      #expect(await desk.post("\(Desk.native)/resume", "{}").body == #"{"paused":false}"#)
      // A pause of all does not touch that of one.
      #expect(await states(desk)["touch"] == "paused")
      #expect(await states(desk)["late"] == "running")
    }
  }

  /// What a worker was at when the time windows closed does not run until they open.
  @Test(arguments: TestDatabase.availableEngines)
  func nothingRunsWhileTheWindowsAreClosed(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let tracker = desk.configuration.tracker
      tracker.record(.started(name: "touch", isResumed: false), database: "master")
      #expect(await states(desk)["touch"] == "running")
      tracker.record(.waiting(["touch": "waits for the next time window"]), database: "master")
      #expect(await states(desk)["touch"] == "queued")
      #expect(
        await desk.get("\(Desk.compat)/status").body == #"{"enabled":true,"current_updates":{}}"#)
      tracker.record(
        .progress(
          UpdateProgressReport(
            name: "touch", scanned: 5, written: 5, remaining: 5, isComplete: false, rate: nil, eta: nil)),
        database: "master")
      #expect(await states(desk)["touch"] == "running")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func steering(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let touch = "\(Desk.native)/updates/touch"
      #expect(await desk.post("\(touch)/priority", #"{"priority": -5}"#).object["priority"] as? Int == -5)
      #expect(await desk.get("\(Desk.native)/updates").objects("updates").last?["name"] as? String == "touch")
      for (sent, priority) in [("-5.0", -5), ("-50e-1", -5), ("-5.5", nil), ("1e400", nil)]
        as [(String, Int?)]
      {
        let answer = await desk.post("\(touch)/priority", "{\"priority\": \(sent)}")
        #expect(answer.object["priority"] as? Int == priority, "\(answer)")
      }
      let paused = await desk.post("\(touch)/pause", "{}")
      #expect((paused.object["paused_by"] as? String)?.hasPrefix("alice, admin API, ") == true)
      #expect(paused.object["paused_by_name"] as? Bool == true)
      _ = await desk.post("\(Desk.native)/pause")
      #expect(await desk.get("\(Desk.native)/updates/late").object["paused_by_name"] as? Bool == false)
      #expect(await desk.get("\(Desk.native)/updates/late").object["paused_by"] != nil)
      _ = await desk.post("\(Desk.native)/resume")
      #expect(try await desk.runUpdates(["touch"]).completed.isEmpty)
      #expect(await desk.post("\(touch)/resume").object["paused_by"] == nil)
      let notParked = await desk.post("\(touch)/retry")
      #expect(notParked.status == 409 && notParked.errcode == "GRADUS_NOT_PARKED", "\(notParked)")

      _ = try await desk.runUpdates(["broken"])
      let parked = await desk.get("\(Desk.native)/updates/broken")
      #expect((parked.object["parked"] as? String)?.contains("nowhere") == true, "\(parked)")
      let retried = await desk.post("\(Desk.native)/updates/broken/retry")
      #expect(retried.status == 200 && retried.object["parked"] == nil, "\(retried)")
      #expect(retried.object["state"] as? String == "queued")

      #expect(try await desk.runUpdates(["touch"]).completed == ["touch"])
      #expect(await desk.get(touch).status == 404)
      let certificates = await desk.get("\(Desk.native)/certificates").objects("completed")
      #expect(certificates.map { $0["name"] as? String } == ["touch"])
      #expect(certificates.first?["scanned"] as? Int == 300)
      #expect(
        await desk.get("\(Desk.native)/updates").objects("completed").first?["database"] as? String
          == "master")
    }
  }

  struct Case: Sendable {
    var method = "POST"
    var path: String
    var body = ""
    var token: String? = Desk.adminToken
    var status: Int
    var errcode: String
  }

  static let refused: [Case] = [
    .init(path: "/pause", token: Desk.readToken, status: 403, errcode: "M_FORBIDDEN"),
    .init(path: "/updates/touch/pause", token: Desk.readToken, status: 403, errcode: "M_FORBIDDEN"),
    .init(path: "/jobs/event_resign", token: Desk.readToken, status: 403, errcode: "M_FORBIDDEN"),
    .init(path: "/pause", token: nil, status: 401, errcode: "M_MISSING_TOKEN"),
    .init(method: "GET", path: "/status", token: nil, status: 401, errcode: "M_MISSING_TOKEN"),
    .init(method: "GET", path: "/updates", token: "wrong", status: 401, errcode: "M_UNKNOWN_TOKEN"),
    .init(method: "GET", path: "/pause", status: 405, errcode: "M_UNRECOGNIZED"),
    .init(path: "/status", status: 405, errcode: "M_UNRECOGNIZED"),
    .init(path: "/updates/touch/stop", status: 404, errcode: "M_UNRECOGNIZED"),
    .init(path: "/updates//pause", status: 404, errcode: "M_UNRECOGNIZED"),
    .init(path: "/updates/%/pause", status: 404, errcode: "M_UNRECOGNIZED"),
    .init(path: "/updates/%zz/pause", status: 404, errcode: "M_UNRECOGNIZED"),
    .init(path: "/updates/%ff/pause", status: 404, errcode: "M_UNRECOGNIZED"),
    .init(path: "/updates/touch%00/pause", status: 404, errcode: "M_UNRECOGNIZED"),
    .init(path: "/updates/%ED%A0%80/pause", status: 404, errcode: "M_UNRECOGNIZED"),
    .init(path: "/updates/nothing/pause", status: 404, errcode: "M_NOT_FOUND"),
    .init(path: "/updates/a%2Fb/pause", status: 404, errcode: "M_NOT_FOUND"),
    .init(path: "/updates/';DROP%20TABLE%20orders;--/pause", status: 404, errcode: "M_NOT_FOUND"),
    .init(path: "/updates/*/pause", status: 404, errcode: "M_NOT_FOUND"),
    .init(path: "/updates/touch/pause?database=other", status: 404, errcode: "M_NOT_FOUND"),
    .init(path: "/updates/touch/pause?other=1", status: 400, errcode: "M_INVALID_PARAM"),
    .init(
      path: "/updates/touch/pause?database=master&database=master", status: 400, errcode: "M_INVALID_PARAM"),
    .init(path: "/updates/touch/pause?database=%ff", status: 400, errcode: "M_INVALID_PARAM"),
    .init(path: "/updates/touch/pause", body: "[]", status: 400, errcode: "M_BAD_JSON"),
    .init(path: "/updates/touch/pause", body: "x", status: 400, errcode: "M_NOT_JSON"),
    .init(path: "/updates/touch/pause", body: #"{"why": 1}"#, status: 400, errcode: "M_INVALID_PARAM"),
    .init(path: "/pause", body: #"{"name": "touch"}"#, status: 400, errcode: "M_INVALID_PARAM"),
    .init(path: "/pause?name=touch", status: 400, errcode: "M_INVALID_PARAM"),
    .init(path: "/updates/touch/priority", status: 400, errcode: "M_NOT_JSON"),
    .init(path: "/updates/touch/priority", body: "{}", status: 400, errcode: "M_MISSING_PARAM"),
    .init(
      path: "/updates/touch/priority", body: #"{"priority": null}"#, status: 400, errcode: "M_INVALID_PARAM"),
    .init(
      path: "/updates/touch/priority", body: #"{"priority": 1.5}"#, status: 400, errcode: "M_INVALID_PARAM"),
    .init(
      path: "/updates/touch/priority", body: #"{"priority": "1"}"#, status: 400, errcode: "M_INVALID_PARAM"),
    .init(
      path: "/updates/touch/priority", body: #"{"priority": true}"#, status: 400, errcode: "M_INVALID_PARAM"),
    .init(
      path: "/updates/touch/priority", body: #"{"priority": 2147483648}"#, status: 400,
      errcode: "M_INVALID_PARAM"),
    .init(
      path: "/updates/touch/priority", body: #"{"priority": 1, "priority": 2}"#, status: 400,
      errcode: "M_INVALID_PARAM"),
    .init(path: "/updates/nothing/priority", body: #"{"priority": 1}"#, status: 404, errcode: "M_NOT_FOUND"),
    .init(method: "GET", path: "/updates/nothing", status: 404, errcode: "M_NOT_FOUND"),
    .init(method: "GET", path: "/status?x", status: 400, errcode: "M_INVALID_PARAM"),
    .init(path: "/jobs/nothing", status: 404, errcode: "M_NOT_FOUND"),
    .init(path: "/jobs/event_resign", body: #"{"key": 1}"#, status: 400, errcode: "M_INVALID_PARAM"),
    .init(path: "/jobs/event_resign", body: #"{"old_key": 1}"#, status: 400, errcode: "M_INVALID_PARAM"),
    .init(path: "/jobs/event_resign", body: #"{"before_ts": true}"#, status: 400, errcode: "M_INVALID_PARAM"),
  ]

  /// Certificates are read alone: what is left of the queue may take a while to say.
  @Test(arguments: TestDatabase.availableEngines)
  func certificatesWithoutTheQueue(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      try await desk.runUpdates(["touch"])
      let driver = CountingDriver(desk.database.driver)
      let counted = try Desk.make(
        desk.database, [PhysicalDatabase(driver: driver)], desk.configuration.reports.schema)
      let certificates = await counted.get("\(Desk.native)/certificates").objects("completed")
      #expect(certificates.map { $0["name"] as? String } == ["touch"])
      #expect(driver.statements.contains { $0.contains("gradus_update_certificates") })
      #expect(!driver.statements.contains { $0.contains("background_updates") })
    }
  }

  /// Each changes nothing.
  @Test(arguments: TestDatabase.availableEngines)
  func refusals(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let before = try await desk.queue()
      for one in Self.refused {
        let answer = await desk.send(one.method, Desk.native + one.path, one.body, token: one.token)
        #expect(answer.status == one.status, "\(one): \(answer)")
        #expect(answer.errcode == one.errcode, "\(one): \(answer)")
      }
      #expect(try await desk.queue() == before)
      #expect(try await desk.rows("SELECT * FROM gradus_update_controls").isEmpty)
      #expect(try await desk.rows("SELECT count(*) FROM orders") == [[300]])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func jobs(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let jobs = await desk.get("\(Desk.native)/jobs", token: Desk.readToken).objects("jobs")
      #expect(
        jobs.map { $0["name"] as? String } == [
          "populate_stats_process_rooms", "regenerate_directory", "event_resign", "regenerate_statistics",
          "compute_missing_statistics", "stats_purge_history",
        ])
      let path = "\(Desk.native)/jobs/event_resign"
      #expect(
        await desk.post(path, #"{"old_key": "a", "before_ts": 5}"#).body == #"{"queued":["event_resign"]}"#)
      let rows = try await desk.rows(
        "SELECT progress_json FROM background_updates WHERE update_name = 'event_resign'")
      #expect(rows.first?.first?.text == #"{"old_key": "a", "before_ts": 5}"#)
      let again = await desk.post(path)
      #expect(again.status == 409 && again.errcode == "GRADUS_ALREADY_QUEUED", "\(again)")
      let shown = await desk.get("\(Desk.native)/updates/event_resign")
      #expect(shown.object["state"] as? String == "unknown", "\(shown)")
      #expect(shown.object["progress"] as? String == #"{"old_key": "a", "before_ts": 5}"#)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func thePlanOfADatabaseThatIsTooNew(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      #expect(
        (await desk.get("\(Desk.native)/plan").objects("databases").first?["steps"] as? [Any])?.isEmpty
          == true)
      _ = try await desk.rows("UPDATE schema_compat_version SET compat_version = 3")
      let plan = await desk.get("\(Desk.native)/plan")
      #expect(plan.status == 409 && plan.errcode == "GRADUS_REFUSED", "\(plan)")
      // Nor is anything changed there.
      let pause = await desk.post("\(Desk.native)/pause")
      #expect(pause.status == 503 && pause.errcode == "M_UNKNOWN", "\(pause)")
      #expect(try await desk.rows("SELECT * FROM gradus_update_controls").isEmpty)
      let ready = await desk.get("/ready", token: nil)
      #expect(ready.status == 503, "\(ready)")
      #expect(ready.body.contains("schema version 3 or later"), "\(ready)")
      let status = await desk.get("\(Desk.native)/status").objects("databases").first
      #expect(status?["refused"] as? Bool == true)
    }
  }

  /// Who serves goes on while another process upgrades, or where that was interrupted.
  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaThatRunsElsewhereLeavesItReady(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      _ = try await desk.rows(
        "INSERT INTO gradus_delta_attempts VALUES ('9/01_x.sql', 1, 'gradus pid 1 on a')")
      let ready = await desk.get("/ready", token: nil)
      #expect(ready.status == 200, "\(ready)")
      let status = await desk.get("\(Desk.native)/status").objects("databases").first
      #expect(
        (status?["refusal"] as? String)?.contains("9/01_x.sql") == true, "\(String(describing: status))")
    }
  }

  /// Two databases queue an update of the same name.
  @Test(arguments: TestDatabase.availableEngines)
  func severalDatabases(engine: Engine) async throws {
    try await Desk.withTwo(engine) { desk, other in
      _ = try await other.open().run {
        try $0.execute("INSERT INTO background_updates (update_name, progress_json) VALUES ('touch', '{}')")
      }
      let touch = "\(Desk.native)/updates/touch"
      for answer in [await desk.get(touch), await desk.post("\(touch)/pause")] {
        #expect(answer.status == 409 && answer.errcode == "GRADUS_AMBIGUOUS", "\(answer)")
      }
      let paused = await desk.post("\(touch)/pause?database=second")
      #expect(paused.object["database"] as? String == "second", "\(paused)")
      #expect(await desk.get("\(touch)?database=first").object["state"] as? String == "queued")
      #expect(await desk.get("\(Desk.native)/updates/broken").object["database"] as? String == "first")
      // All of both.
      _ = await desk.post("\(Desk.compat)/enabled", #"{"enabled": false}"#)
      let count =
        "SELECT count(*) FROM gradus_update_controls WHERE update_name = '*' AND paused_at IS NOT NULL"
      #expect(try await desk.rows(count) == [[1]])
      #expect(try await other.open().run { try $0.query(count).map(\.values) } == [[1]])
      _ = try await other.open().run {
        try $0.execute("UPDATE gradus_update_controls SET paused_at = NULL WHERE update_name = '*'")
      }
      #expect(await desk.get("\(Desk.compat)/enabled").body == #"{"enabled":false}"#)
      for route in ["status", "plan"] {
        let databases = await desk.get("\(Desk.native)/\(route)").objects("databases")
        #expect(databases.map { $0["name"] as? String } == ["first", "second"], "\(route)")
      }
      // What this process is at, by database.
      desk.configuration.tracker.record(.started(name: "late", isResumed: false), database: "first")
      desk.configuration.tracker.record(.started(name: "touch", isResumed: false), database: "second")
      let current =
        await desk.get("\(Desk.compat)/status").object["current_updates"] as? [String: [String: Any]]
      #expect(current?.mapValues { $0["name"] as? String } == ["first": "late", "second": "touch"])
      // Jobs go where main is.
      #expect(await desk.post("\(Desk.native)/jobs/event_resign").status == 200)
      let job = "SELECT count(*) FROM background_updates WHERE update_name = 'event_resign'"
      #expect(try await desk.rows(job) == [[1]])
      #expect(try await other.open().run { try $0.query(job).map(\.values) } == [[0]])
    }
  }

  /// All databases are paused or none: where one cannot be used, the others stay as they are.
  @Test(arguments: TestDatabase.availableEngines)
  func aPauseOfAllReachesAllDatabasesFirst(engine: Engine) async throws {
    let log = TestLog()
    try await Desk.withTwo(engine, { $0.logger = log.logger }) { desk, other in
      let session = try await other.open()
      let changes = { log.lines.filter { $0.message.hasPrefix("all updates were") } }
      try await session.run { _ = try $0.execute("UPDATE schema_compat_version SET compat_version = 3") }
      for answer in [
        await desk.post("\(Desk.native)/pause"),
        await desk.post("\(Desk.compat)/enabled", #"{"enabled": false}"#),
      ] { #expect(answer.status == 503, "\(answer)") }
      #expect(try await desk.rows("SELECT * FROM gradus_update_controls").isEmpty)
      #expect(changes().isEmpty)
      // What is changed is in the log, with who asked.
      try await session.run { _ = try $0.execute("UPDATE schema_compat_version SET compat_version = 1") }
      #expect(await desk.post("\(Desk.native)/pause").status == 200)
      #expect(changes().map(\.metadata["database"]) == ["first", "second"])
      #expect(
        changes().allSatisfy {
          $0.message == "all updates were paused" && "\($0.metadata["by"] ?? "")".hasPrefix("alice, ")
        })
    }
  }

  /// A database that only another program has prepared has none of Gradus's tables: reading makes none.
  @Test(arguments: TestDatabase.availableEngines)
  func withoutGradusTables(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let session = try await desk.database.open()
      try await session.run { connection in
        for table in try CatalogTables.names(connection) where table.hasPrefix("gradus_") {
          try connection.execute("DROP TABLE \(table)")
        }
      }
      func tables() async throws -> Set<String> {
        try await session.run { try CatalogTables.names($0) }.filter { $0.hasPrefix("gradus_") }
      }
      for path in ["status", "updates", "updates/touch", "plan", "certificates"] {
        let answer = await desk.get("\(Desk.native)/\(path)")
        #expect(answer.status == 200, "\(path): \(answer)")
      }
      #expect(await desk.get("\(Desk.compat)/enabled").body == #"{"enabled":true}"#)
      #expect(await desk.get("\(Desk.compat)/status").body == #"{"enabled":true,"current_updates":{}}"#)
      #expect(await desk.get("/ready").status == 200)
      #expect(try await tables().isEmpty)
      #expect(await desk.post("\(Desk.compat)/enabled", #"{"enabled":false}"#).status == 200)
      #expect(await desk.get("\(Desk.compat)/enabled").body == #"{"enabled":false}"#)
      #expect(try await !tables().isEmpty)
    }
  }

  /// While the start-up migration runs, only what needs no tables answers.
  @Test func beforeTheMigrationIsDone() async throws {
    try await Desk.with(
      .sqlite, nil, { $0.state = ServerState() },
      { desk in
        #expect(await desk.get("/health", token: nil).body == #"{"status":"ok"}"#)
        let ready = await desk.get("/ready", token: nil)
        #expect(ready.status == 503 && ready.body.contains("migration has not finished"), "\(ready)")
        #expect(await desk.get("\(Desk.native)/jobs").status == 200)
        for path in ["\(Desk.native)/status", "\(Desk.compat)/status", "\(Desk.native)/plan"] {
          let answer = await desk.get(path)
          #expect(answer.status == 503 && answer.errcode == "M_UNKNOWN", "\(answer)")
          #expect(answer.header("Retry-After") == "1")
          #expect(await desk.get(path, token: nil).status == 401)
        }
        desk.configuration.state.enter(.serving)
        #expect(await desk.get("/ready", token: nil).body == #"{"ready":true,"reasons":[]}"#)
        desk.configuration.state.enter(.stopping("this version has been shut out"))
        desk.configuration.state.enter(.serving)
        #expect(await desk.get("/ready", token: nil).status == 503)
        #expect(await desk.get("\(Desk.native)/status").status == 200)
      })
  }
}
