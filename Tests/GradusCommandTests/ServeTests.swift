import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `serve` as a process of its own.
@Suite struct ServeTests {
  private static let compat = "/_synapse/admin/v1/background_updates"

  private func serve(_ shop: Shop, _ arguments: String...) async throws -> Served {
    let configuration = shop.schema.root.appending(path: "gradus.yaml").path
    let isConfigured = FileManager.default.fileExists(atPath: configuration)
    return try await Served.start(
      .gradus,
      ["--schema-root", shop.schema.root.path, "--database", shop.database.address] + arguments
        + (isConfigured ? ["--config", configuration] : []))
  }

  /// It migrates, fills, shows it, and ends in order; what it began goes on, and nothing is done twice.
  @Test(arguments: TestDatabase.availableEngines, [SIGTERM, SIGINT])
  func aLife(engine: Engine, signal: Int32) async throws {
    let schema = try TemporarySchema.slowUpdates()
    try schema.write(
      "gradus.yaml",
      """
      background_updates:
        {min_batch_size: 10, default_batch_size: 10, max_batch_size: 20, sleep_duration_ms: 10, health: off}
      """)
    try await Shop.with(engine, schema) { shop in
      let served = try await serve(shop, "--workers", "2")
      #expect(try await served.get("/health").status == 200)
      try await served.get("/ready") { response in
        #expect([200, 503].contains(response.status))
        return response.status == 200
      }
      let status = try await served.get("\(Self.compat)/status") {
        $0.body.contains("\"name\":\"touch_orders\"")
      }
      let current = try status.object()["current_updates"] as? [String: [String: Any]]
      #expect(current?.keys.first == "master", "\(status)")
      try await served.get("/gradus/v1/updates/touch_orders") { response in
        let update = try response.object()
        return update["state"] as? String == "running" && update["scanned"] as? Int ?? 0 > 50
          && update["eta_max_ms"] != nil && update["fraction"] != nil
      }
      let all = try await served.get("/gradus/v1/status").object()
      let database = (all["databases"] as? [[String: Any]])?.first
      #expect(database?["version"] as? Int == 2)
      #expect((database?["running"] as? [[String: Any]])?.first?["version"] as? Int == 2)
      #expect(
        try await served.get("/metrics").body.contains("gradus_update_batches_total{database_name=\"master\"")
      )

      // A pause is seen by the process itself, and by others.
      let pause = try await served.client.send("POST", "\(Self.compat)/enabled", body: #"{"enabled": false}"#)
      #expect(pause.body == #"{"enabled":false}"#)
      #expect(try await shop.queued("touch_orders")?["paused_by"] as? String != nil)
      #expect(
        try await served.client.send("POST", "\(Self.compat)/enabled", body: "{}").body
          == #"{"enabled":true}"#)

      let result = try await served.stop(signal)
      #expect(result.code == 0, "\(result)")
      #expect(!result.messages.contains("error"), "\(result)")
      #expect(try await shop.database.values("SELECT count(*) FROM background_updates") == [3])
      await #expect(throws: RawHTTP.Failure.self) { try await served.get("/health") }

      let again = try await serve(shop)
      try await again.get("/gradus/v1/updates/touch_orders") { response in
        try response.status == 404 || (response.object()["scanned"] as? Int ?? 0) > 60
      }
      #expect(try await again.stop().code == 0)
      let rest = try await shop.gradus("updates", "run")
      #expect(rest.code == 0, "\(rest)")
      #expect(try await shop.database.values("SELECT DISTINCT touched FROM orders") == [1])
      #expect(try await shop.database.values("SELECT count(*) FROM totals") == [2_000])
    }
  }

  /// It listens while it migrates, and a stop then rolls the step back.
  @Test(arguments: TestDatabase.availableEngines)
  func whileItMigrates(engine: Engine) async throws {
    try await Shop.with(engine, .endless()) { shop in
      let served = try await serve(shop)
      let ready = try await served.get("/ready") { $0.body.contains("has not finished: step") }
      #expect(ready.status == 503)
      #expect(try await served.get("/health").status == 200)
      let status = try await served.get("/gradus/v1/status")
      #expect(status.status == 503 && status.body.contains("migration has not finished"), "\(status)")
      #expect(try await served.get("/gradus/v1/jobs").status == 200)
      #expect(try await served.get("/").status == 200)
      let result = try await served.stop()
      #expect(result.code == 0, "\(result)")
      #expect(
        result.messages.contains("what was under way was rolled back, and the next start goes on from there"),
        "\(result)")
      #expect(try await !DatabaseDump.lines(shop.database).contains { $0.contains("endless") })
      try shop.schema.write("delta/main/2/04_endless.sql", "CREATE TABLE endless (id BIGINT);")
      let next = try await serve(shop)
      try await next.get("/ready") { $0.status == 200 }
      #expect(try await next.stop().code == 0)
    }
  }

  /// A delta outside a transaction is not rolled back, and the next start does not go on by itself.
  @Test(arguments: TestDatabase.availableEngines)
  func stoppedWithinADeltaOutsideATransaction(engine: Engine) async throws {
    try await Shop.with(engine, .endless(inTransaction: false)) { shop in
      try await shop.gradus("migrate", "--to", "1")
      let served = try await serve(shop)
      let isThere =
        switch engine {
        case .sqlite: "SELECT count(*) FROM sqlite_master WHERE name = 'endless'"
        case .postgres: "SELECT count(*) FROM pg_class WHERE relname = 'endless'"
        }
      while try await shop.database.values(isThere) != [1] {
        try await Task.sleep(for: .milliseconds(50))
      }
      let result = try await served.stop()
      #expect(result.code == 0, "\(result)")
      #expect(result.messages.contains("stopped within a delta"), "\(result)")
      #expect(result.messages.contains("migrate --retry-delta 2/04_endless.sql"), "\(result)")
      #expect(!result.messages.contains("was rolled back"), "\(result)")
    }
  }

  /// Who merely waits for its turn to migrate has rolled nothing back.
  @Test(arguments: TestDatabase.availableEngines)
  func whileItWaitsToMigrate(engine: Engine) async throws {
    try await Shop.with(engine, .endless()) { shop in
      try await shop.gradus("migrate", "--to", "1")
      let first = try shop.start(["migrate", "--format", "json"])
      try await first.waits(for: "apply delta/main/2/04_endless.sql")
      let served = try await serve(shop)
      try await served.program.waits(forMessage: "waiting: another process migrates")
      let result = try await served.stop()
      #expect(result.code == 0, "\(result)")
      #expect(!result.messages.contains("the step under way"), "\(result)")
      first.send(SIGTERM)
      #expect(try await first.result().code == 130)
    }
  }

  /// A client that is slow to send the rest of its request does not keep the updates going.
  @Test func theWorkEndsBesideASlowClient() async throws {
    try await Shop.with(.sqlite) { shop in
      let served = try await serve(shop)
      try await served.get("/ready") { $0.status == 200 }
      guard case .port(let port) = served.client.address else { return }
      let client = try #require(LoopbackSocket.connect(port))
      let request = "POST /gradus/v1/pause HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{"
      _ = LoopbackSocket.send(Array(request.utf8)[...], to: client)
      // It is being answered by then.
      try await Task.sleep(for: .milliseconds(200))
      let start = ContinuousClock.now
      served.program.send(SIGTERM)
      try await served.program.waits(forMessage: "shutting down after the batch under way")
      // Ten seconds are what such clients are given.
      #expect(ContinuousClock.now - start < .seconds(5))
      close(client)
      let result = try await served.program.result()
      #expect(result.code == 0, "\(result)")
    }
  }

  /// A version that may not open the database, or waits for others in vain, ends with 3.
  @Test(arguments: TestDatabase.availableEngines)
  func refusals(engine: Engine) async throws {
    let schema = try TemporarySchema.shop()
    try schema.write(
      "schema/schema.yaml",
      "version: 3\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}\n")
    try await Shop.with(engine, schema) { shop in
      func serve(_ arguments: String...) async throws -> ProgramResult {
        try await shop.start(["serve", "--listen", "127.0.0.1:0"] + arguments).result()
      }
      let empty = try await serve("--no-migrate")
      #expect(empty.code == 1, "\(empty)")
      #expect(empty.messages.contains("migrate"), "\(empty)")
      // An older one runs and announces its version; a newer one waits for it.
      let old = try await self.serve(shop, "--to", "1")
      try await old.get("/ready") { $0.status == 200 }
      let behind = try await serve("--no-migrate")
      #expect(behind.code == 1, "\(behind)")
      let late = try await serve("--fence-timeout", "0")
      #expect(late.code == 3, "\(late)")
      #expect(late.messages.contains("processes of older versions still run"), "\(late)")
      // The one error is told once, at the end.
      #expect(!late.messages.contains(" error gradus:"), "\(late)")
      #expect(try await old.stop().code == 0)
      let new = try await self.serve(shop)
      try await new.get("/ready") { $0.status == 200 }
      #expect(try await new.stop().code == 0)
      let refused = try await serve("--to", "1")
      #expect(refused.code == 3, "\(refused)")
      #expect(refused.messages.contains("may only be opened by schema version 2 or later"), "\(refused)")
      #expect(!refused.messages.contains(" error gradus:"), "\(refused)")
      #expect(try await serve("--no-migrate", "--to", "1").code == 3)
      let prepared = try await self.serve(shop, "--no-migrate")
      try await prepared.get("/ready") { $0.status == 200 }
      #expect(try await prepared.stop().code == 0)
    }
  }

  /// What a rollback asks for is no change of the schema.
  @Test(arguments: TestDatabase.availableEngines)
  func aRollbackWithoutMigrating(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate", "--to", "2")
      try await shop.gradus("updates", "run", "--to", "2")
      try await shop.gradus("updates", "pause")
      try await shop.database.execute("INSERT INTO customers VALUES ('ann')")
      try await shop.database.execute("INSERT INTO orders VALUES (1, 'ann', 10)")
      try await shop.database.execute("INSERT INTO totals VALUES ('ann', 10, 1)")
      for (version, watermarks) in [("2", 1), ("1", 0)] {
        let served = try await serve(shop, "--no-migrate", "--to", version)
        try await served.get("/ready") { $0.status == 200 }
        #expect(try await served.stop().code == 0)
        #expect(
          try await shop.database.values("SELECT count(*) FROM gradus_watermarks") == [SQLValue(watermarks)])
      }
      try await shop.database.execute("INSERT INTO orders VALUES (2, 'ann', 5)")
      let served = try await serve(shop, "--no-migrate", "--to", "2")
      try await served.get("/ready") { $0.status == 200 }
      let result = try await served.stop()
      #expect(result.code == 0, "\(result)")
      #expect(result.messages.contains("purge stale rows of totals"), "\(result)")
      #expect(try await shop.database.values("SELECT customer FROM totals") == [])
      #expect(try await shop.database.values("SELECT customer FROM totals_queue") == ["ann"])
    }
  }

  /// Its announcement is lost, and before it is made anew a migration shuts its version out. SQLite alone, where an
  /// announcement is a file that one can take away.
  @Test func shutOutWhileItRuns() async throws {
    try await Shop.with(.sqlite) { shop in
      let served = try await serve(shop, "--to", "1")
      try await served.get("/ready") { $0.status == 200 }
      try FileManager.default.removeItem(atPath: shop.database.address + ".gradus-live")
      let migration = try await shop.gradus("migrate", "--fence-timeout", "0")
      #expect(migration.code == 0, "\(migration)")
      let result = try await served.program.result()
      #expect(result.code == 3, "\(result)")
      #expect(result.messages.contains("this version has been shut out"), "\(result)")
    }
  }

  /// Both databases' updates run side by side.
  @Test(arguments: TestDatabase.availableEngines)
  func severalDatabases(engine: Engine) async throws {
    let schema = try TemporarySchema.steered()
    try schema.write(
      "delta/state/2/01_updates.updates.yaml",
      "updates:\n  - {name: fails, kind: sql, sql: \"INSERT INTO nowhere VALUES (1)\"}\n")
    try await Shop.with(engine, schema) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        let configuration = shop.schema.root.appending(path: "gradus.yaml").path
        try schema.write(
          "gradus.yaml",
          """
          databases:
            first: {url: "\(shop.database.address)", databases: [main]}
            second: {url: "\(other.address)", databases: [state]}
          background_updates: {max_failures: 1, sleep_enabled: false}
          admin: {prefix: /admin/updates, native_prefix: /g}
          """)
        let served = try await Served.start(
          .gradus, ["--config", configuration, "--schema-root", schema.root.path])
        try await served.get("/ready") { $0.status == 200 }
        try await served.get("/g/updates") { response in
          let updates = try response.object()["updates"] as? [[String: Any]] ?? []
          return updates.filter { $0["state"] as? String == "parked" }.count == 2
        }
        let completed = try await served.get("/g/certificates") { response in
          (try response.object()["completed"] as? [Any])?.count == 2
        }
        #expect(completed.body.contains("\"database\":\"first\""))
        #expect(try await served.get("/g/updates/fails").object()["database"] as? String == "second")
        #expect(
          try await served.get("/admin/updates/status").body == #"{"enabled":true,"current_updates":{}}"#)
        let result = try await served.stop()
        #expect(result.code == 0)
        // Each line of the log is a record of its own, and says of which database it is.
        let lines = result.messages.split(separator: "\n")
        #expect(lines.allSatisfy { $0.prefixMatch(of: /\d{4}-\d\d-\d\dT/) != nil }, "\(result)")
        let parked = lines.filter { $0.hasSuffix("update parked") }
        #expect(parked.count == 2, "\(result)")
        for database in ["first", "second"] {
          #expect(parked.contains { $0.contains("database=\(database) ") }, "\(result)")
          #expect(
            lines.contains { $0.contains("database=\(database) ") && $0.contains("step 1 of ") }, "\(result)")
        }
      }
    }
  }

  /// The worked example, with the jobs of the original.
  @Test func theHomeserver() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let served = try await Served.start(.homeserver, ["--database", database.address])
      try await served.get("/ready") { $0.status == 200 }
      let answer = try await served.client.send(
        "POST", "\(Self.compat)/start_job", body: #"{"job_name": "event_resign", "before_ts": 5}"#)
      #expect(answer.status == 200 && answer.body == "{}", "\(answer)")
      // Nobody told the program which server it is.
      try await served.get("/gradus/v1/updates/event_resign") {
        try $0.object()["state"] as? String == "parked"
      }
      #expect(try await served.stop().code == 0)
      let progress = try await database.values(
        "SELECT progress_json FROM background_updates WHERE update_name = 'event_resign'")
      #expect(progress.first?.text == #"{"old_key": null, "before_ts": 5}"#)
    }
  }

  @Test func tokens() async throws {
    try await Shop.with(.sqlite, .steered()) { shop in
      let file = shop.schema.root.appending(path: "tokens").path
      let fresh = try await Program.gradus.run([
        "token", "new", "--label", "the scraper", "--scope", "read", "--format", "json",
      ])
      .object()
      let (token, line) = (fresh["token"] as? String ?? "", fresh["line"] as? String ?? "")
      #expect(token.count > 64 && line.hasPrefix("read sha256:") && line.hasSuffix(" the scraper"))
      let text = try await Program.gradus.run(["token", "new"]).output.split(separator: "\n")
      #expect(text.count == 2 && text[1].hasPrefix("admin sha256:"))

      try shop.schema.write("tokens", line + "\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
      let open = try await shop.start(["serve", "--listen", "127.0.0.1:0", "--token-file", file]).result()
      #expect(open.code == 1 && open.messages.contains("chmod g-w,o-rwx"), "\(open)")
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)

      let admin = "an-admin-token-from-the-environment"
      try shop.schema.write("gradus.yaml", "admin: {token_file: \"\(file)\"}\n")
      let served = try await Served.start(
        .gradus,
        [
          "--schema-root", shop.schema.root.path, "--database", shop.database.address, "--config",
          shop.schema.root.appending(path: "gradus.yaml").path,
        ], environment: ["GRADUS_ADMIN_TOKEN": admin])
      try await served.get("/ready") { $0.status == 200 }
      func send(_ method: String, _ token: String?) async throws -> Int {
        try await served.client.send(
          method, "/gradus/v1/\(method == "GET" ? "status" : "pause")",
          headers: token.map { ["Authorization": "Bearer \($0)"] } ?? [:], body: method == "GET" ? nil : "{}"
        ).status
      }
      #expect(try await send("GET", nil) == 401)
      #expect(try await send("GET", "wrong") == 401)
      #expect(try await send("GET", token) == 200)
      #expect(try await send("POST", token) == 403)
      #expect(try await send("POST", admin) == 200)
      let result = try await served.stop()
      #expect(result.code == 0)
      #expect(result.messages.contains("by=GRADUS_ADMIN_TOKEN, admin API"), "\(result)")
      #expect(!result.messages.contains(token) && !result.messages.contains(admin))

      func refusal(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> ProgramResult
      {
        try await Program.gradus.run(
          ["serve", "--schema-root", shop.schema.root.path, "--database", shop.database.address] + arguments,
          environment: ["GRADUS_ADMIN_TOKEN": "", "GRADUS_READ_TOKEN": ""].merging(environment) { $1 })
      }
      let everywhere = try await refusal(["--listen", "0.0.0.0:0"])
      #expect(
        everywhere.code == 1 && everywhere.messages.contains("'token new' makes a token"), "\(everywhere)")
      let weak = try await refusal(["--listen", "127.0.0.1:0"], ["GRADUS_READ_TOKEN": "short"])
      #expect(weak.code == 1 && weak.messages.contains("GRADUS_READ_TOKEN is too short"), "\(weak)")
      for wrong in [
        ["--listen", "nonsense"], ["--listen", ":80"], ["--listen", "localhost"], ["--socket-mode", "999"],
        ["--socket-mode", "+60"], ["--listen", "127.0.0.1:0", "--socket-mode", "600"], ["--to=-1"],
      ] {
        let usage = try await refusal(wrong)
        #expect(usage.code == 64, "\(wrong): \(usage)")
      }
      #expect(try await refusal(["--workers", "0"]).code == 64)
      #expect(try await refusal(["--log-level", "loud"]).code == 64)
      #expect(try await refusal(["--listen", "unix:/nowhere/at/all.sock"]).code == 1)
    }
  }

  @Test(
    arguments: [
      ("admin: {lisen: 1}", "unknown key 'lisen'"), ("admin: {listen: here}", "the port is missing"),
      ("admin: {prefix: nothing}", "'nothing' is no prefix"), ("admin: {native_prefix: /a/}", "is no prefix"),
      ("admin: {prefix: /a, native_prefix: /a}", "must differ"), ("admin: {socket_mode: 999}", "no rights"),
      ("admin: 5", "expected a mapping"),
    ])
  func wrongConfiguration(text: String, message: String) async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("gradus.yaml", "database: x.db\n\(text)\n")
    let result = try await Program.gradus.run(["serve", "--listen", "127.0.0.1:0"], folder: tree.root)
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains(message), "\(result)")
    #expect(result.messages.contains("gradus.yaml:2:"), "\(result)")
  }
}
