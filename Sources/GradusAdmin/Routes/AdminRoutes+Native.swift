import Gradus
import GradusJSON
import GradusReports
import GradusUpdates

/// Gradus's own routes.
extension AdminRoutes {
  private struct Paused: Encodable { var paused: Bool }
  private struct Queued: Encodable { var queued: [String] }
  private struct Token: Encodable {
    var format = 1
    var scope: String
    var label: String?
  }

  var native: [AdminRoute] { reads + changes }

  private var reads: [AdminRoute] {
    let prefix = AdminPaths.standardNative
    return [
      AdminRoute("GET", "\(prefix)/status", .scope(.read)) { call in
        try Self.checkQuery(call)
        let databases = try await backend.status()
        return try .json(StatusAnswer(paused: databases.contains(where: \.isPaused), databases: databases))
      },
      AdminRoute("GET", "\(prefix)/updates", .scope(.read)) { call in
        try Self.checkQuery(call)
        return try .json(try await backend.updates())
      },
      AdminRoute("GET", "\(prefix)/updates/{name}", .scope(.read)) { call in
        let database = try Self.checkQuery(call, ["database"])["database"]
        return try .json(try await backend.document(call.parameters["name"]!, database: database))
      },
      AdminRoute("GET", "\(prefix)/plan", .scope(.read)) { call in
        try Self.checkQuery(call)
        do {
          return try .json(try await backend.plan())
        } catch let error as GradusError {
          throw AdminFailure(409, "GRADUS_REFUSED", error.description)
        }
      },
      AdminRoute("GET", "\(prefix)/certificates", .scope(.read)) { call in
        try Self.checkQuery(call)
        return try .json(try await backend.certificates())
      },
      AdminRoute("GET", "\(prefix)/jobs", .scope(.read), needsTables: false) { call in
        try Self.checkQuery(call)
        return try .json(JobsDocument(configuration.jobs))
      },
      AdminRoute("GET", "\(prefix)/token", .scope(.read), needsTables: false) { call in
        try Self.checkQuery(call)
        return try .json(
          Token(scope: (call.token?.scope ?? .admin).rawValue, label: call.token?.label))
      },
    ]
  }

  private var changes: [AdminRoute] {
    let prefix = AdminPaths.standardNative
    return [
      change("pause") { controls, _, who, name in try controls.pause(name, by: who) },
      change("resume") { controls, _, _, name in try controls.resume(name) },
      change("retry") { controls, _, _, name in
        guard try controls.retry(name) else {
          throw AdminFailure(409, "GRADUS_NOT_PARKED", "'\(name)' is not parked")
        }
      },
      change("priority", keys: ["priority"]) { controls, body, _, name in
        try controls.prioritize(name, try Self.priority(body))
      },
      AdminRoute("POST", "\(prefix)/pause", .scope(.admin)) { try await setPaused(true, $0) },
      AdminRoute("POST", "\(prefix)/resume", .scope(.admin)) { try await setPaused(false, $0) },
      AdminRoute("POST", "\(prefix)/jobs/{name}", .scope(.admin)) { try await startJob($0) },
    ]
  }

  private typealias Change =
    @Sendable (QueueControls, RequestBody, _ who: String, _ name: String) throws -> Void

  /// A route that changes what operators say of one update.
  private func change(_ verb: String, keys: Set<String> = [], _ change: @escaping Change) -> AdminRoute {
    AdminRoute("POST", "\(AdminPaths.standardNative)/updates/{name}/\(verb)", .scope(.admin)) { call in
      let database = try Self.checkQuery(call, ["database"])["database"]
      let body = try RequestBody(call.body, only: keys, mayBeEmpty: keys.isEmpty)
      // A wrong body is told before an unknown name.
      if keys.contains("priority") { _ = try Self.priority(body) }
      let (name, who) = (call.parameters["name"]!, call.caller)
      let document = try await backend.change(name, database: database) { try change($0, body, who, name) }
      note(
        "\(verb) of an update", call, ["update": "\(name)", "database": "\(document.report.database)"])
      return try .json(document)
    }
  }

  private static func priority(_ body: RequestBody) throws -> Int {
    guard let value = body["priority"] else { throw AdminFailure.missing("priority") }
    // To JSON Schema 3.0 is a whole number, too.
    guard case .number(let number) = value, let small = Double(number.spelling).flatMap(Int32.init(exactly:))
    else {
      throw AdminFailure.invalid("'priority' must be a whole number of 32 bits")
    }
    return Int(small)
  }

  private func setPaused(_ isPaused: Bool, _ call: AdminCall) async throws -> AdminResponse {
    try Self.checkQuery(call)
    _ = try RequestBody(call.body, only: [], mayBeEmpty: true)
    try await backend.setPaused(isPaused, by: call.caller)
    return try .json(Paused(paused: isPaused))
  }

  private func startJob(_ call: AdminCall) async throws -> AdminResponse {
    try Self.checkQuery(call)
    guard let job = configuration.jobs.first(where: { $0.name == call.parameters["name"] }) else {
      throw AdminFailure.noSuch("no job is named so; see 'jobs'")
    }
    let body = try RequestBody(call.body, only: Set(job.parameters.map(\.name)), mayBeEmpty: true)
    let values: [String: AdminJobValue]
    do {
      values = try JobArguments.values(of: job, takesBooleans: false, body)
    } catch let failure as AdminFailure {
      throw AdminFailure.invalid(failure.message)
    }
    guard let queued = try await backend.start(job, values) else {
      throw AdminFailure(409, "GRADUS_ALREADY_QUEUED", "an update of '\(job.name)' is queued already")
    }
    note("a job was queued", call, ["job": "\(job.name)"])
    return try .json(Queued(queued: queued))
  }

  /// Refuses parameters other than these.
  @discardableResult
  private static func checkQuery(_ call: AdminCall, _ known: Set<String> = []) throws -> [String: String] {
    guard !call.query.isBroken, known.isSuperset(of: call.query.values.keys) else {
      throw AdminFailure.invalid("there is a query parameter that is not known here, or appears twice")
    }
    return call.query.values
  }
}
