import Foundation
import GradusSQL

/// Where and of what the numbers are.
struct Machine: Sendable, Encodable {
  let date: String
  /// From `GRADUS_BENCHMARK_COMMIT`, which tools/benchmark sets; nil where nobody says.
  let commit: String?
  let system: String
  let processor: String?
  let cores: Int
  let memoryGB: Double
  /// The load over the last minute when the benchmarks began: others who used the cores.
  let load: Double
  /// Each engine's version, and the settings without which its numbers say little.
  let engines: [String]

  static func current(_ places: [Place]) async throws -> Machine {
    let info = ProcessInfo.processInfo
    var load = [0.0, 0, 0]
    getloadavg(&load, 3)
    var engines: [String] = []
    for place in places {
      engines.append(
        try await place.withDatabase { driver in
          try await Session.open(driver).run { try describe($0) }
        })
    }
    return Machine(
      date: Date().formatted(.iso8601.year().month().day()),
      commit: info.environment["GRADUS_BENCHMARK_COMMIT"], system: info.operatingSystemVersionString,
      processor: processor, cores: info.activeProcessorCount,
      memoryGB: (Double(info.physicalMemory) / 1e9 * 10).rounded() / 10,
      load: (load[0] * 100).rounded() / 100,
      engines: engines)
  }

  private static func describe(_ connection: Connection) throws -> String {
    switch connection.engine {
    case .sqlite:
      let row = try connection.queryRow("SELECT sqlite_version()")
      return "SQLite \(row?[0].text ?? "?"), WAL, synchronous = normal"
    case .postgres:
      let version = try connection.queryRow("SHOW server_version")?[0].text ?? "?"
      let settings = try ["fsync", "synchronous_commit", "shared_buffers"].map {
        "\($0) = \(try connection.queryRow("SHOW \($0)")?[0].text ?? "?")"
      }
      return "PostgreSQL \(version), \(settings.joined(separator: ", "))"
    }
  }

  private static var processor: String? {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  var lines: [String] {
    [
      "\(date), commit \(commit ?? "unknown")",
      "\(system), \(processor ?? "unknown processor"), \(cores) cores, \(memoryGB) GB, load \(load)",
    ] + engines
  }
}
