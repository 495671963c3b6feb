import Gradus
import Testing

@testable import GradusUpdates

@Suite struct UpdateSchedulerTests {
  private let scheduler = UpdateScheduler(dependencies: ["c": ["a", "b"]], known: ["a", "b", "c", "d"])

  @Test func lowerOrderingThenNameGoesFirst() {
    let queue = [
      QueuedUpdate(name: "b", ordering: 1), QueuedUpdate(name: "a", ordering: 2),
      QueuedUpdate(name: "d", ordering: 1),
    ]
    #expect(scheduler.next(queue, parked: [:]) == .run("b"))
    #expect(scheduler.next(Array(queue.dropFirst()), parked: [:]) == .run("d"))
  }

  @Test func aDependencyIsSatisfiedOnceItsRowIsGone() {
    let b = QueuedUpdate(name: "b", dependsOn: "a")
    #expect(scheduler.next([b, QueuedUpdate(name: "a", ordering: 9)], parked: [:]) == .run("a"))
    #expect(scheduler.next([b], parked: [:]) == .run("b"))
    #expect(scheduler.next([QueuedUpdate(name: "b", dependsOn: "")], parked: [:]) == .run("b"))
  }

  @Test func allDeclaredDependenciesCount() {
    let c = QueuedUpdate(name: "c", dependsOn: "a", ordering: -1)
    #expect(scheduler.next([c, QueuedUpdate(name: "b")], parked: [:]) == .run("b"))
    #expect(scheduler.next([c], parked: [:]) == .run("c"))
  }

  @Test func parkedAndUnknownOnesStopOnlyWhatDependsOnThem() {
    let queue = [
      QueuedUpdate(name: "x"), QueuedUpdate(name: "a"), QueuedUpdate(name: "b", dependsOn: "a"),
      QueuedUpdate(name: "d", ordering: 5),
    ]
    #expect(scheduler.next(queue, parked: ["a": "broken"]) == .run("d"))
    guard case .stuck(let waiting) = scheduler.next(Array(queue.dropLast()), parked: ["a": "broken"]) else {
      Issue.record("should be stuck")
      return
    }
    #expect(waiting["a"] == "broken")
    #expect(waiting["b"] == "waits for 'a'")
    #expect(waiting["x"]?.contains("does not know") == true)
  }

  @Test func wantedOnesBringWhatTheyDependOn() {
    let queue = [
      QueuedUpdate(name: "a", ordering: 9), QueuedUpdate(name: "b", dependsOn: "a"), QueuedUpdate(name: "d"),
    ]
    #expect(scheduler.next(queue, parked: [:], wanted: ["b"]) == .run("a"))
    #expect(scheduler.next(queue, parked: [:], wanted: ["c"]) == .finished)
    #expect(scheduler.next([], parked: [:]) == .finished)
  }

  @Test func aCircleInTheQueueIsStuck() {
    let queue = [QueuedUpdate(name: "a", dependsOn: "b"), QueuedUpdate(name: "b", dependsOn: "a")]
    #expect(scheduler.next(queue, parked: [:]) == .stuck(["a": "waits for 'b'", "b": "waits for 'a'"]))
  }
}
