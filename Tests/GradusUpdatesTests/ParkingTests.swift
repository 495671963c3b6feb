import Gradus
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

@testable import GradusUpdates

/// Fails until it is mended.
private struct Fragile: UpdateHandler {
  let name: String
  let isMended = Mended()

  final class Mended: Sendable {
    private let value = Mutex(false)
    func set() { value.withLock { $0 = true } }
    var isSet: Bool { value.withLock { $0 } }
  }

  func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws -> BatchResult<
    NoProgress
  > {
    if !isMended.isSet { _ = try connection.query("SELECT * FROM no_such_table") }
    return BatchResult(next: nil, scanned: 1, written: 0)
  }
}

/// Says again and again that it came nowhere.
private struct Standing: UpdateHandler {
  struct Progress: UpdateProgress, Codable { var place: Int? }
  let name: String
  let places: Int

  func runBatch(_ progress: Progress, size: Int, on connection: Connection) throws -> BatchResult<Progress> {
    BatchResult(next: Progress(place: ((progress.place ?? 0) + 1) % places), scanned: size, written: 0)
  }
}

@Suite struct ParkingTests {
  @Test(arguments: TestDatabase.availableEngines)
  func aParkedUpdateWaitsForSomebodyToAskForIt(engine: Engine) async throws {
    let fragile = Fragile(name: "fragile")
    let registry = UpdateRegistry(handlers: [fragile])
    try await Workshop.with(engine, [QueuedUpdate(name: "fragile")]) { shop in
      let events = Events()
      _ = try await shop.runner(registry, report: events.report).run()
      let attempts = events.all.compactMap {
        if case .failed(_, _, let attempt, _) = $0 { attempt } else { nil }
      }
      #expect(attempts == [1, 2])
      _ = try await events.wait { if case .parked = $0 { true } else { nil } }
      fragile.isMended.set()
      // Other runs, also of other processes, see it with its error and leave it alone.
      let waiting = try await shop.runner(registry).run().waiting
      #expect(waiting["fragile"]?.hasPrefix("parked: ") == true)
      #expect(waiting["fragile"]?.contains("no_such_table") == true)
      let listing = try await shop.session.run { try UpdateListing.read($0, registry: registry) }
      #expect(listing.first?.entry.parkedReason?.contains("no_such_table") == true)
      #expect(try await shop.session.transaction { try QueueControls($0).retry("fragile") })
      #expect(try await !shop.session.transaction { try QueueControls($0).retry("fragile") })
      #expect(try await shop.runner(registry).run().completed == ["fragile"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whoNamesAParkedUpdateRunsIt(engine: Engine) async throws {
    let fragile = Fragile(name: "fragile")
    let registry = UpdateRegistry(handlers: [fragile])
    try await Workshop.with(engine, [QueuedUpdate(name: "fragile")]) { shop in
      _ = try await shop.runner(registry).run()
      // Still broken: it says so, and does not go round for ever.
      #expect(
        try await shop.runner(registry).run(["fragile"]).waiting["fragile"]?.contains("no_such_table") == true
      )
      fragile.isMended.set()
      #expect(try await shop.runner(registry).run(["fragile"]).completed == ["fragile"])
      #expect(try await shop.values("SELECT update_name FROM gradus_update_controls").isEmpty)
    }
  }

  /// A program that waits for updates picks it up when it is asked for, without a restart.
  @Test(arguments: TestDatabase.availableEngines, [nil, ["fragile"]] as [Set<String>?])
  func aRunningProgramHearsOfARetry(engine: Engine, wanted: Set<String>?) async throws {
    let fragile = Fragile(name: "fragile")
    try await Workshop.with(engine, [QueuedUpdate(name: "fragile")]) { shop in
      let (events, environment) = (Events(), UpdateRunner.Environment.quiet)
      let runner = try await shop.runner(
        UpdateRegistry(handlers: [fragile]), .fast(1), environment, report: events.report)
      async let summary = runner.run(wanted, until: .forever)
      _ = try await events.wait { if case .parked = $0 { true } else { nil } }
      fragile.isMended.set()
      try await shop.control { _ = try $0.retry("fragile") }
      _ = try await events.wait { if case .completed = $0 { true } else { nil } }
      environment.control.stop()
      #expect(try await summary.completed == ["fragile"])
    }
  }

  /// Another worker's batch that is under way moves it first: at another progress it would not count as parked.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func itIsParkedWhereItStandsThen() async throws {
    try await Workshop.with(.postgres, [QueuedUpdate(name: "fragile")]) { shop in
      let other = try await shop.place.open()
      try await other.withOpenTransaction({
        _ = try $0.execute("UPDATE background_updates SET progress_json = '{\"place\":1}'")
      }) {
        try await shop.control { try $0.park("fragile", reason: "broken") }
      }
      let queue = try await shop.session.run { try UpdateQueue(connection: $0).load() }
      #expect(queue.map(\.parkedReason) == ["broken"])
    }
  }

  /// Several workers that ask for it do not give each other one more try after the other.
  @Test(arguments: TestDatabase.availableEngines)
  func whoHasParkedItAsksNoSecondTime(engine: Engine) async throws {
    let registry = UpdateRegistry(handlers: [Fragile(name: "fragile")])
    try await Workshop.with(engine, [QueuedUpdate(name: "fragile")]) { shop in
      let (events, control) = (Events(), RunControl())
      // Another worker, which has asked for its own try, parks it while this one is at it.
      let pacing = UpdatePacing.calling { iteration in
        guard iteration == 2 else { return }
        try await shop.control { try $0.park("fragile", reason: "of another worker") }
      }
      let runner = try await shop.runner(
        registry, .fast(1, attempts: 1),
        UpdateRunner.Environment(control: control, pacing: pacing, logger: .silent), report: events.report)
      async let summary = runner.run(["fragile"], until: .forever)
      _ = try await events.wait { if case .parked = $0 { true } else { nil } }
      try await shop.control { _ = try $0.retry("fragile") }
      _ = try await events.wait { (event) -> Bool? in
        guard case .waiting(let reasons) = event else { return nil }
        return reasons["fragile"] == "parked: of another worker" ? true : nil
      }
      control.stop()
      #expect(try await summary.completed.isEmpty)
      #expect(
        try await shop.values("SELECT parked_reason FROM gradus_update_controls") == ["of another worker"])
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [1, 2, 5])
  func whatDoesNotGetOnIsParked(engine: Engine, places: Int) async throws {
    let registry = UpdateRegistry(handlers: [Standing(name: "standing", places: places)])
    try await Workshop.with(engine, [QueuedUpdate(name: "standing")]) { shop in
      let waiting = try await shop.runner(registry).run().waiting
      #expect(waiting["standing"]?.contains("does not get on") == true, "\(waiting)")
    }
  }

  /// To Swift it has the name of one that is known; to the database it is another.
  @Test(arguments: TestDatabase.availableEngines)
  func aNameOfOtherBytesIsUnknown(engine: Engine) async throws {
    let fragile = Fragile(name: "caf\u{E9}")
    fragile.isMended.set()
    let registry = UpdateRegistry(handlers: [fragile])
    try await Workshop.with(engine, [QueuedUpdate(name: "cafe\u{301}")]) { shop in
      let summary = try await shop.runner(registry).run()
      #expect(summary.completed.isEmpty)
      #expect(summary.waiting.values.contains { $0.contains("does not know it") })
      let listing = try await shop.session.run { try UpdateListing.read($0, registry: registry) }
      #expect(listing.map(\.isKnown) == [false])
    }
  }

  /// After a rollback: what a newer version queued waits for it, and stops nobody.
  @Test(arguments: TestDatabase.availableEngines)
  func anUnknownUpdateResumesWhenItsCodeComesBack(engine: Engine) async throws {
    let updates = [
      QueuedUpdate(name: "double"), QueuedUpdate(name: "fragile", progress: #"{"at":3}"#, ordering: -5),
    ]
    try await Workshop.with(engine, numbers: 20, updates) { shop in
      let old = UpdateRegistry(declarations: [Numbers.backfill])
      let summary = try await shop.runner(old).run()
      #expect(summary.completed == ["double"])
      #expect(summary.waiting["fragile"]?.contains("does not know it") == true)
      #expect(try await shop.values("SELECT progress_json FROM background_updates") == [#"{"at":3}"#])
      let fragile = Fragile(name: "fragile")
      fragile.isMended.set()
      #expect(try await shop.runner(UpdateRegistry(handlers: [fragile])).run().completed == ["fragile"])
    }
  }
}
