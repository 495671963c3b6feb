import Gradus
import GradusSQL
import GradusUpdates
import HomeserverSchema

/// A homeserver's user directory, built anew.
struct DirectoryBenchmark {
  /// Rounded up to whole thousands.
  let memberships: Int

  private static let settings = DirectorySettings(serverName: "oracle.test")

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for number in 1...runs {
      for memberships in [max(1, memberships / 10), memberships] {
        let world = World(memberships: memberships)
        Progress.tell("directory, \(place.engine), run \(number): \(world.memberships) memberships")
        try await place.withDatabase { driver in
          let session = try await Session.open(driver)
          try await world.make(driver, session)
          let parts = try await regenerate(session)
          try await world.checkDirectory(session)
          func add(_ what: String, _ quantity: String, _ unit: String, _ value: Double) {
            report.add(
              "directory", place.engine.description, "\(world.memberships) memberships, \(what)", quantity,
              unit,
              value)
          }
          let seconds = parts.reduce(0) { $0 + $1.seconds }
          add("all", "rate", "memberships/s", Double(world.memberships) / seconds)
          for part in parts { add(part.name, "time", "s", part.seconds) }
          add("all", "time", "s", seconds)
          add("all", "peak", "MB", Double(parts.map(\.peak).max() ?? 0) / 1e6)
        }
      }
    }
  }

  private struct Part {
    let name: String
    let seconds: Double
    let peak: Int
  }

  private func regenerate(_ session: Session) async throws -> [Part] {
    let rows = HomeserverJobs.all.first { $0.name == "regenerate_directory" }?.rows([:]) ?? []
    var parts: [Part] = []
    for row in rows {
      _ = try await session.run { connection in
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json, depends_on) VALUES ($1, $2, $3)",
          [.text(row.name), .text(row.progress), .text(row.dependsOn)])
      }
      let runner = UpdateRunner(
        session: session,
        registry: UpdateRegistry(handlers: DirectoryUpdates.handlers(.success(Self.settings))),
        options: DeclaredBackfill.options(BatchOptions(pause: .zero)), environment: DeclaredBackfill.quiet)
      ResourceUsage.resetPeak()
      let watch = Stopwatch()
      let summary = try await runner.run([row.name])
      guard summary.completed == [row.name] else {
        throw BenchmarkError("the update is not complete: \(summary.waiting)")
      }
      parts.append(
        Part(
          name: String(row.name.dropFirst("populate_user_directory_".count)), seconds: watch.seconds,
          peak: ResourceUsage.current.peakMemory))
    }
    return parts
  }
}
