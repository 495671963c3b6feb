import Foundation
import Gradus
import GradusAdmin
import GradusSQL
import GradusTestSupport
import Testing

/// What the API does is what openapi.json says.
@Suite struct ContractTests {
  /// Every route is in the document, and nothing else is.
  @Test func routesAndDocumentAgree() async throws {
    let checker = try SchemaChecker()
    try await Desk.with(.sqlite) { desk in
      let routes = Set(desk.api.routes.map { "\($0.method) \($0.template)" })
      let documented = Set(
        checker.paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } })
      #expect(routes == documented)
      for route in desk.api.routes {
        let operation = checker.paths[route.template]?[route.method.lowercased()]
        let scope = operation?["x-scope"] as? String
        switch route.access {
        case .open: #expect(scope == nil, "\(route.template)")
        case .scope(let needed): #expect(scope == needed.rawValue, "\(route.template)")
        }
        let security = operation?["security"] as? [Any]
        #expect(security?.isEmpty == (route.access == .open), "\(route.template)")
      }
      #expect(checker.document["openapi"] as? String == "3.1.0")
      let ids = checker.paths.values.flatMap(\.values).compactMap { $0["operationId"] as? String }
      #expect(Set(ids).count == routes.count)
    }
  }

  /// Every response that is given here is in the document, and is as its schema says.
  @Test(arguments: TestDatabase.availableEngines)
  func responsesAreAsTheirSchemas(engine: Engine) async throws {
    let checker = try SchemaChecker()
    let (compat, native) = (Desk.compat, Desk.native)
    try await Desk.with(engine) { desk in
      // Something of everything: certificates, something parked, paused and running, workers, processes.
      _ = try await desk.runUpdates(["broken"])
      let presence = try await VersionPresence.announce(
        version: 2, on: desk.configuration.databases[0], checkingEvery: nil)
      _ = try await desk.rows(
        """
        INSERT INTO gradus_workers (worker, started_at, seen_at, update_name, state, health)
        VALUES ('someone', 1, 99999999999999, 'touch', 'slowed', '[{"signal":"busy_rate","value":0.5,"limit":0.5}]')
        """)
      desk.configuration.tracker.record(.started(name: "late", isResumed: false), database: "master")
      let requests: [(String, String, String, String, String?)] = [
        ("get", "/health", "", "", nil), ("get", "/ready", "", "", nil), ("get", "/", "", "", nil),
        ("get", "/openapi.json", "", "", nil), ("get", "/metrics", "", "", Desk.readToken),
        ("get", "/metrics", "", "", nil),
        ("get", "\(compat)/status", "", "", Desk.readToken), ("get", "\(compat)/status", "", "", "wrong"),
        ("get", "\(compat)/enabled", "", "", Desk.readToken),
        ("post", "\(compat)/enabled", "", "{}", Desk.adminToken),
        ("post", "\(compat)/enabled", "", "{}", Desk.readToken),
        ("post", "\(compat)/enabled", "", "x", Desk.adminToken),
        ("post", "\(compat)/start_job", "", #"{"job_name": "event_resign"}"#, Desk.adminToken),
        ("post", "\(compat)/start_job", "", #"{"job_name": "event_resign"}"#, Desk.adminToken),
        ("get", "\(native)/status", "", "", Desk.readToken),
        ("get", "\(native)/updates", "", "", Desk.readToken),
        ("get", "\(native)/updates", "", "", nil),
        ("get", "\(native)/updates/{name}", "touch", "", Desk.readToken),
        ("get", "\(native)/updates/{name}", "nothing", "", Desk.readToken),
        ("post", "\(native)/updates/{name}/pause", "touch", "", Desk.adminToken),
        ("get", "\(native)/updates/{name}", "touch", "", Desk.readToken),
        ("post", "\(native)/updates/{name}/resume", "touch", "", Desk.adminToken),
        ("post", "\(native)/updates/{name}/retry", "touch", "", Desk.adminToken),
        ("post", "\(native)/updates/{name}/retry", "broken", "", Desk.adminToken),
        ("post", "\(native)/updates/{name}/priority", "touch", #"{"priority": 3}"#, Desk.adminToken),
        ("post", "\(native)/updates/{name}/priority", "touch", "{}", Desk.adminToken),
        ("post", "\(native)/updates/{name}/priority", "nothing", #"{"priority": 3}"#, Desk.adminToken),
        ("post", "\(native)/pause", "", "", Desk.adminToken),
        ("get", "\(native)/status", "", "", Desk.readToken),
        ("post", "\(native)/resume", "", "{}", Desk.adminToken),
        ("post", "\(native)/pause", "", "[]", Desk.adminToken),
        ("get", "\(native)/plan", "", "", Desk.readToken), ("get", "\(native)/jobs", "", "", Desk.readToken),
        ("get", "\(native)/certificates", "", "", Desk.readToken),
        ("get", "\(native)/token", "", "", Desk.readToken), ("get", "\(native)/token", "", "", nil),
        ("post", "\(native)/jobs/{name}", "event_resign", "", Desk.adminToken),
        ("post", "\(native)/jobs/{name}", "populate_stats_process_rooms", "", Desk.adminToken),
        ("post", "\(native)/jobs/{name}", "nothing", "", Desk.adminToken),
      ]
      func check(_ method: String, _ template: String, _ name: String, _ body: String, _ token: String?) async
      {
        let answer = await desk.send(
          method.uppercased(), template.replacing("{name}", with: name), body, token: token)
        guard let schema = checker.response(template, method, answer.status) else {
          Issue.record("\(method) \(template) is not documented to answer \(answer)")
          return
        }
        guard answer.header("Content-Type") == "application/json" else { return }
        let problems = checker.problems(answer.object, schema)
        #expect(problems.isEmpty, "\(method) \(template): \(answer)")
      }
      for (method, template, name, body, token) in requests {
        await check(method, template, name, body, token)
        await check(method == "get" ? "post" : "get", template, name, body, token, orWrongMethod: true)
      }
      func check(
        _ method: String, _ template: String, _ name: String, _ body: String, _ token: String?,
        orWrongMethod: Bool
      ) async {
        guard checker.paths[template]?[method] == nil else { return }
        let answer = await desk.send(
          method.uppercased(), template.replacing("{name}", with: name), body, token: token)
        #expect(answer.status == 405 && answer.header("Allow") != nil, "\(method) \(template): \(answer)")
      }
      // What the plan says of steps, and what `ready` says of them.
      _ = try await desk.rows("DELETE FROM applied_schema_deltas WHERE file LIKE '%foreign%'")
      _ = try await desk.rows("DELETE FROM background_updates WHERE update_name = 'foreign'")
      await check("get", "\(native)/plan", "", "", Desk.readToken)
      #expect(
        (await desk.get("\(native)/plan").objects("databases").first?["steps"] as? [Any])?.isEmpty == false)
      try await Task.sleep(for: .milliseconds(1100))
      await check("get", "/ready", "", "", nil)
      #expect(await desk.get("/ready").status == 503)
      await presence.release()
    }
  }

  /// The checker itself finds what is wrong.
  @Test func theCheckerChecks() throws {
    let checker = try SchemaChecker()
    func problems(_ json: String, _ path: String, _ method: String, _ status: Int) throws -> [String] {
      let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
      return checker.problems(value, try #require(checker.response(path, method, status)))
    }
    let enabled = "\(Desk.compat)/enabled"
    #expect(try problems(#"{"enabled":true}"#, enabled, "get", 200).isEmpty)
    for wrong in [#"{"enabled":1}"#, #"{"enabled":null}"#, "{}", #"{"enabled":true,"more":1}"#, "[]"] {
      #expect(try !problems(wrong, enabled, "get", 200).isEmpty, "\(wrong)")
    }
    let certificates = "\(Desk.native)/certificates"
    let none = #"{"format":1,"completed":[],"errors":[]}"#
    #expect(try problems(none, certificates, "get", 200).isEmpty)
    for wrong in [
      none.replacing("1", with: "2"), none.replacing("1", with: "true"),
      none.replacing(#""completed":[]"#, with: #""completed":[{}]"#),
      none.replacing(#""errors":[]"#, with: #""errors":[{"database":"state"}]"#),
    ] {
      #expect(try !problems(wrong, certificates, "get", 200).isEmpty, "\(wrong)")
    }
  }

  /// With other prefixes the routes are there, and the document says so.
  @Test func otherPrefixes() async throws {
    let paths = try AdminPaths(compat: "/admin/updates", native: "/g")
    try await Desk.with(
      .sqlite, nil, { $0.paths = paths },
      { desk in
        #expect(await desk.get("/admin/updates/enabled").body == #"{"enabled":true}"#)
        #expect(await desk.get("/g/updates/touch").status == 200)
        #expect(await desk.get("\(Desk.native)/updates").status == 404)
        let documented = (await desk.get("/openapi.json").object["paths"] as? [String: Any] ?? [:]).keys
        #expect(documented.contains("/admin/updates/start_job"))
        #expect(documented.contains("/g/updates/{name}/pause"))
        #expect(!documented.contains { $0.hasPrefix("/_synapse") || $0.hasPrefix("/gradus") })
      })
  }

  /// A prefix that is the other's standard one is not taken for it.
  @Test func aPrefixThatIsTheOthersStandard() async throws {
    let paths = try AdminPaths(compat: Desk.native, native: "/ops")
    try await Desk.with(
      .sqlite, nil, { $0.paths = paths },
      { desk in
        #expect(await desk.get("\(Desk.native)/enabled").body == #"{"enabled":true}"#)
        #expect(await desk.get("/ops/updates/touch").status == 200)
        #expect(await desk.get("/ops/enabled").status == 404)
        let documented = (await desk.get("/openapi.json").object["paths"] as? [String: Any] ?? [:]).keys
        #expect(documented.contains("\(Desk.native)/start_job"))
        #expect(documented.contains("/ops/updates/{name}/pause"))
        #expect(!documented.contains("/ops/start_job"))
      })
  }

  /// Where names stand in paths of Gradus's own routes, the original ones would be taken for names.
  @Test func aPrefixAmongNames() async throws {
    for part in AdminPaths.namedParts {
      #expect(throws: GradusError.self) { () throws in try AdminPaths(compat: "/g/\(part)", native: "/g") }
    }
    try await Desk.with(.sqlite) { desk in
      let named = desk.api.routes.map(\.template).filter { $0.contains("/{") }
        .map { String($0.prefix { $0 != "{" }.dropLast()) }
      #expect(Set(named) == Set(AdminPaths.namedParts.map { "\(Desk.native)/\($0)" }))
    }
  }

  @Test(arguments: ["", "/", "a", "/a/", "//a", "/a b", "/a?b", "/{name}", "/../a", "/é"])
  func wrongPrefixes(prefix: String) {
    #expect(throws: GradusError.self) { () throws in try AdminPaths(compat: prefix, native: nil) }
    #expect(throws: GradusError.self) { () throws in try AdminPaths(compat: "/same", native: "/same") }
  }
}
