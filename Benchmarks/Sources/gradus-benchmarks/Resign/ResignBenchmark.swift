import GradusSQL
import GradusUpdates
import HomeserverSchema

/// A homeserver's events, signed with one key, and then, where that signature verifies, with another.
struct ResignBenchmark {
  let events: Int

  // Keys of the Matrix specification's appendix, and any other.
  private static let oldKey = "ed25519 1 YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1"
  private static let oldPublicKey = "ed25519:1 XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI"
  private static let newKey = "ed25519 2 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

  func run(_ place: Place, runs: Int, into report: inout Report) async throws {
    for number in 1...runs {
      for count in [max(1, events / 10), events] {
        Progress.tell("resign, \(place.engine), run \(number): \(count) events")
        try await place.withDatabase { driver in
          let session = try await Session.open(driver)
          try await Events.make(count: count, on: session)
          let first = try await sign(Self.oldKey, "{}", session)
          try await Events.check(key: "ed25519:1", count: count, on: session)
          let second = try await sign(
            Self.newKey, #"{"old_key": "\#(Self.oldPublicKey)", "before_ts": null}"#, session)
          try await Events.check(key: "ed25519:2", count: count, on: session)
          for (what, run) in [("sign", first), ("verify and sign", second)] {
            func add(_ quantity: String, _ unit: String, _ value: Double) {
              report.add(
                "resign", place.engine.description, "\(count) events, \(what)", quantity, unit, value)
            }
            add("rate", "rows/s", Double(count) / run.seconds)
            add("processor", "µs/row", run.processorSeconds * 1e6 / Double(count))
            add("peak", "MB", Double(run.peak) / 1e6)
          }
        }
      }
    }
  }

  private struct Run {
    let seconds: Double
    let processorSeconds: Double
    let peak: Int
  }

  private func sign(_ key: String, _ progress: String, _ session: Session) async throws -> Run {
    try await session.run { connection in
      _ = try connection.execute(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('event_resign', $1)",
        [.text(progress)])
    }
    let identity = ServerIdentity(serverName: "local", signingKey: try SigningKey(file: key))
    let runner = UpdateRunner(
      session: session, registry: UpdateRegistry(handlers: [EventResignUpdate(identity: identity)]),
      options: DeclaredBackfill.options(BatchOptions(pause: .zero)), environment: DeclaredBackfill.quiet)
    ResourceUsage.resetPeak()
    let watch = Stopwatch()
    let summary = try await runner.run()
    let (seconds, processorSeconds) = (watch.seconds, watch.processorSeconds)
    guard summary.completed == ["event_resign"] else {
      throw BenchmarkError("the update is not complete: \(summary.waiting)")
    }
    return Run(
      seconds: seconds, processorSeconds: processorSeconds, peak: ResourceUsage.current.peakMemory)
  }
}
