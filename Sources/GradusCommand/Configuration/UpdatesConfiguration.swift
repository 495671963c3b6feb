import Foundation
import Gradus
import GradusUpdates

/// Reads the section `background_updates` of `gradus.yaml`.
struct UpdatesConfiguration {
  private let map: YAMLMapping

  private static let keys = [
    "background_update_duration_ms", "sleep_enabled", "sleep_duration_ms", "min_batch_size",
    "default_batch_size", "max_batch_size", "max_failures", "lock_timeout_ms", "statement_timeout_ms",
    "lease_duration_ms", "reconnect_timeout_ms", "windows", "time_zone", "health",
  ]

  init(_ map: YAMLMapping) { self.map = map }

  /// What the section says, with the defaults for what it does not.
  ///
  /// - Throws: `GradusError` that names file and line.
  func options() throws -> UpdateOptions {
    try map.allowOnly(Self.keys)
    var options = UpdateOptions()
    options.batches = try batches()
    options.lockTimeout = try duration("lock_timeout_ms", map) ?? options.lockTimeout
    options.statementTimeout = try duration("statement_timeout_ms", map)
    options.leaseDuration = try duration("lease_duration_ms", map) ?? options.leaseDuration
    options.reconnectTimeout = try duration("reconnect_timeout_ms", map, least: 0) ?? options.reconnectTimeout
    options.windows = try windows()
    if let node = map.find("health") {
      if map.reader.isOff(node) {
        options.health = .off
      } else {
        try readHealth(try map.reader.mapping(node), &options)
      }
    }
    return options
  }

  private func batches() throws -> BatchOptions {
    var options = BatchOptions()
    options.targetDuration = try duration("background_update_duration_ms", map) ?? options.targetDuration
    options.pause = try duration("sleep_duration_ms", map, least: 0) ?? options.pause
    if try map.booleanIfPresent("sleep_enabled") == false { options.pause = .zero }
    options.minBatchSize = try integer("min_batch_size", map) ?? options.minBatchSize
    options.defaultBatchSize = try integer("default_batch_size", map) ?? options.defaultBatchSize
    options.maxBatchSize = try integer("max_batch_size", map) ?? options.maxBatchSize
    options.attempts = try integer("max_failures", map) ?? options.attempts
    try requireOrder("min_batch_size", options.minBatchSize, "default_batch_size", options.defaultBatchSize)
    try requireOrder("default_batch_size", options.defaultBatchSize, "max_batch_size", options.maxBatchSize)
    return options
  }

  /// Where only one of two sizes is given, it is that one which does not go with the other's default.
  private func requireOrder(_ smaller: String, _ least: Int, _ larger: String, _ most: Int) throws {
    guard least > most else { return }
    throw map.reader.error(
      map.find(smaller) ?? map.find(larger) ?? map.node,
      "'\(smaller)' is \(least), more than '\(larger)', which is \(most)",
      hint: "min_batch_size <= default_batch_size <= max_batch_size")
  }

  private func windows() throws -> TimeWindows {
    var timeZone = TimeZone.current
    if let node = map.find("time_zone") {
      let name = try map.reader.text(node)
      guard let known = TimeZone(identifier: name) else {
        let nearest = NearestName.of(name, among: TimeZone.knownTimeZoneIdentifiers)
        throw map.reader.error(
          node, "no time zone is named '\(name)'",
          hint: nearest.map { "did you mean '\($0)'?" } ?? "a name such as Europe/Berlin")
      }
      timeZone = known
    }
    let windows = try map.find("windows").map { try map.reader.sequence($0) } ?? []
    return TimeWindows(
      try windows.map { node in
        do {
          return try TimeWindow(parsing: try map.reader.text(node))
        } catch let error as GradusError where error.file == nil {
          throw map.reader.error(node, error.message, hint: error.hint)
        }
      }, timeZone: timeZone)
  }

  private func readHealth(_ health: YAMLMapping, _ options: inout UpdateOptions) throws {
    try health.allowOnly(HealthSignal.allCases.map(\.rawValue) + ["interval_ms"])
    options.healthInterval = try duration("interval_ms", health) ?? options.healthInterval
    for signal in HealthSignal.allCases {
      guard let node = health.find(signal.rawValue) else { continue }
      let limit = try health.reader.numberUnlessOff(node)
      guard limit.map({ $0 >= 0 && (signal != .busyRate || $0 <= 1) }) ?? true else {
        throw health.reader.error(
          node, "'\(signal.rawValue)' must be \(signal == .busyRate ? "from 0 to 1" : "0 or more")")
      }
      options.health[signal] = limit
    }
  }

  private func duration(_ key: String, _ map: YAMLMapping, least: Int = 1) throws -> Duration? {
    try integer(key, map, least: least).map { .milliseconds($0) }
  }

  /// A whole number that PostgreSQL's settings can hold as well.
  private func integer(_ key: String, _ map: YAMLMapping, least: Int = 1) throws -> Int? {
    guard let node = map.find(key) else { return nil }
    let number = try map.reader.integer(node)
    guard (least...Int(Int32.max)).contains(number) else {
      throw map.reader.error(node, "'\(key)' must be from \(least) to \(Int32.max)")
    }
    return number
  }
}
