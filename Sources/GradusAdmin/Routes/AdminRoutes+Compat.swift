import GradusJSON
import GradusUpdates

/// The original API: its paths, bodies, answers and errors.
extension AdminRoutes {
  var compat: [AdminRoute] {
    let prefix = AdminPaths.standardCompat
    return [
      AdminRoute("GET", "\(prefix)/status", .scope(.read)) { _ in try await compatStatus() },
      AdminRoute("GET", "\(prefix)/enabled", .scope(.read)) { _ in
        .json(.object([("enabled", .boolean(try await backend.isEnabled()))]))
      },
      AdminRoute("POST", "\(prefix)/enabled", .scope(.admin)) { try await setEnabled($0) },
      AdminRoute("POST", "\(prefix)/start_job", .scope(.admin)) { try await startCompatJob($0) },
    ]
  }

  private func compatStatus() async throws -> AdminResponse {
    let readings = try await backend.readings()
    let atWork = readings.compactMap { name, reading -> (String, OrderedJSON)? in
      guard let listing = self.current(reading, database: name) else { return nil }
      let statistics = listing.statistics
      return (
        name,
        .object([
          ("name", .string(listing.entry.name)), ("total_item_count", .integer(statistics.done.scanned)),
          ("total_duration_ms", .double(statistics.done.milliseconds)),
          ("average_items_per_ms", statistics.averageItemsPerMs.map { .double($0) } ?? .null),
        ])
      )
    }
    return .json(
      .object([
        ("enabled", .boolean(!readings.contains { $0.reading.isPaused })),
        ("current_updates", .object(atWork)),
      ]))
  }

  /// What this process's workers are at, else what another's are. As the original does, it stays while all are paused.
  private func current(_ reading: DatabaseReading, database: String) -> UpdateListing? {
    let tracker = configuration.tracker
    let own = reading.isPaused ? tracker.current(database) : tracker.running(database)
    return reading.listings.first { $0.entry.name == own } ?? reading.listings.first { !$0.holders.isEmpty }
  }

  private func setEnabled(_ call: AdminCall) async throws -> AdminResponse {
    let isEnabled: Bool
    switch try RequestBody(call.body)["enabled"] {
    case nil: isEnabled = true
    case .boolean(let boolean): isEnabled = boolean
    default: throw AdminFailure.wrong("'enabled' parameter must be a boolean")
    }
    try await backend.setPaused(!isEnabled, by: call.caller)
    return .json(.object([("enabled", .boolean(isEnabled))]))
  }

  private func startCompatJob(_ call: AdminCall) async throws -> AdminResponse {
    let body = try RequestBody(call.body)
    guard let value = body["job_name"] else {
      throw AdminFailure(400, "M_MISSING_PARAM", "Missing params: ['job_name']")
    }
    guard let name = value.string?.string,
      let job = configuration.jobs.first(where: { $0.name == name && $0.isOfOriginal })
    else {
      throw AdminFailure.wrong("Invalid job_name")
    }
    let values = try JobArguments.values(of: job, takesBooleans: true, body)
    guard try await backend.start(job, values) != nil else {
      throw AdminFailure.wrong("Job \(name) is already in queue of background updates.")
    }
    note("a job was queued", call, ["job": "\(name)"])
    return .json(.object([]))
  }
}
