import Gradus
import Testing

@testable import GradusUpdates

@Suite struct UpdateSchedulerTests {
  private let scheduler = UpdateScheduler(dependencies: ["c": ["a", "b"]], known: ["a", "b", "c", "d"])

  /// A queue in the order in which it is worked off, as it is read.
  private func queue(_ entries: QueueEntry...) -> [QueueEntry] { entries.sorted(by: QueueEntry.goesBefore) }

  private func entry(
    _ name: String, dependsOn: String? = nil, ordering: Int = 0, priority: Int = 0, pausedBy: String? = nil,
    parked: String? = nil, heldBy: String? = nil
  ) -> QueueEntry {
    QueueEntry(
      QueuedUpdate(name: name, dependsOn: dependsOn, ordering: ordering), priority: priority,
      pausedBy: pausedBy,
      parkedReason: parked, heldBy: heldBy)
  }

  @Test func lowerOrderingThenNameGoesFirst() {
    let queue = queue(entry("b", ordering: 1), entry("a", ordering: 2), entry("d", ordering: 1))
    #expect(scheduler.next(queue) == .run("b"))
    #expect(scheduler.next(Array(queue.dropFirst())) == .run("d"))
  }

  @Test func priorityGoesBeforeOrdering() {
    #expect(scheduler.next(queue(entry("a"), entry("b", ordering: 9, priority: 1))) == .run("b"))
    #expect(scheduler.next(queue(entry("a", priority: -1), entry("b", ordering: 9))) == .run("b"))
    // What it depends on still comes first.
    #expect(
      scheduler.next(queue(entry("a", ordering: 9), entry("b", dependsOn: "a", priority: 5), entry("d")))
        == .run("d"))
  }

  /// SQLite holds any number, and whoever may write the table may put it there.
  @Test func anyNumberIsAPriority() {
    let queue = queue(
      entry("a", priority: .min), entry("b"), entry("c", priority: .max), entry("d", ordering: .min))
    #expect(queue.map(\.name) == ["c", "d", "b", "a"])
  }

  @Test func aDependencyIsSatisfiedOnceItsRowIsGone() {
    let b = entry("b", dependsOn: "a")
    #expect(scheduler.next(queue(b, entry("a", ordering: 9))) == .run("a"))
    #expect(scheduler.next([b]) == .run("b"))
    #expect(scheduler.next([entry("b", dependsOn: "")]) == .run("b"))
  }

  @Test func allDeclaredDependenciesCount() {
    let c = entry("c", dependsOn: "a", ordering: -1)
    #expect(scheduler.next(queue(c, entry("b"))) == .run("b"))
    #expect(scheduler.next([c]) == .run("c"))
  }

  @Test func whatCannotRunStopsOnlyWhatDependsOnIt() {
    let queue = queue(
      entry("x"), entry("a", parked: "broken"), entry("b", dependsOn: "a"), entry("d", ordering: 5))
    #expect(scheduler.next(queue) == .run("d"))
    #expect(
      scheduler.next(Array(queue.dropLast()))
        == .blocked(["a": .parked("broken"), "b": .dependency("a"), "x": .unknown]))
  }

  @Test func whoAsksForAParkedUpdateGetsIt() {
    let queue = queue(entry("a", parked: "broken"))
    #expect(scheduler.next(queue, .init(wanted: ["a"], triesParked: true)) == .run("a"))
    // But not once it has failed in this run, too.
    let failed = UpdateScheduler.Circumstances(
      wanted: ["a"], triesParked: true, setAside: ["a": .parked("still broken")])
    #expect(scheduler.next(queue, failed) == .blocked(["a": .parked("still broken")]))
  }

  @Test func pausesWindowsAndHolds() {
    let two = queue(entry("a"), entry("b", pausedBy: "somebody"))
    #expect(
      scheduler.next(two, .init(paused: { $0 == "a" }))
        == .blocked([
          "a": .paused(by: "this process"), "b": .paused(by: "somebody"),
        ]))
    #expect(scheduler.next([entry("a")], .init(isWithinWindow: false)) == .blocked(["a": .outsideWindow]))
    let held = queue(entry("a", heldBy: "worker 2"), entry("d", ordering: 3))
    #expect(scheduler.next(held) == .run("d"))
    #expect(scheduler.next(held, .init(preempts: true)) == .run("a"))
    #expect(
      scheduler.next(held, .init(setAside: ["d": .backingOff("busy")]))
        == .blocked([
          "a": .held(by: "worker 2"), "d": .backingOff("busy"),
        ]))
  }

  @Test func wantedOnesBringWhatTheyDependOn() {
    let queue = queue(entry("a", ordering: 9), entry("b", dependsOn: "a"), entry("d"))
    #expect(scheduler.next(queue, .init(wanted: ["b"])) == .run("a"))
    #expect(scheduler.next(queue, .init(wanted: ["c"])) == .finished)
    #expect(scheduler.next([]) == .finished)
  }

  @Test func aCircleInTheQueueIsBlocked() {
    #expect(
      scheduler.next(queue(entry("a", dependsOn: "b"), entry("b", dependsOn: "a")))
        == .blocked(["a": .dependency("b"), "b": .dependency("a")]))
  }

  /// When a run waits and when it ends.
  @Test func goals() {
    let held: [WaitReason] = [.held(by: "x"), .parked("y")]
    #expect(RunGoal.idle.waits(for: held))
    #expect(!RunGoal.idle.waits(for: [.paused(by: "x"), .outsideWindow]))
    #expect(RunGoal.done.waits(for: [.paused(by: "x")]))
    #expect(RunGoal.done.waits(for: [.outsideWindow]))
    #expect(!RunGoal.done.waits(for: [.parked("x"), .dependency("y"), .unknown, .failed("z")]))
    #expect(RunGoal.forever.waits(for: [.parked("x")]))
    // Updates that wait for each other wait for ever.
    #expect(!RunGoal.done.waits(for: [.dependency("a"), .dependency("b")]))
  }
}
