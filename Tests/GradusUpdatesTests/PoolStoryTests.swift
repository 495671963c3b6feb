import Gradus
import Testing

@testable import GradusUpdates

@Suite struct PoolStoryTests {
  private func batch(_ name: String, _ scanned: Int) -> UpdateEvent {
    .batch(
      UpdateProgressReport(
        name: name, scanned: scanned, written: scanned, remaining: 100 - scanned, isComplete: false),
      BatchReport(size: 1, scanned: 1, written: 1, duration: .zero))
  }

  private func scanned(_ event: UpdateEvent?) -> Int? {
    if case .batch(let progress, _) = event { progress.scanned } else { nil }
  }

  private func isTold(_ event: UpdateEvent?) -> Bool { if case .some = event { true } else { false } }

  /// Workers know of each other's batches by readings of different age.
  @Test func progressDoesNotGoBack() {
    var story = PoolStory()
    #expect(scanned(story.filtered(batch("a", 50), from: 0, of: 2)) == 50)
    #expect(scanned(story.filtered(batch("a", 40), from: 1, of: 2)) == 50)
    #expect(scanned(story.filtered(batch("b", 1), from: 1, of: 2)) == 1)
    #expect(scanned(story.filtered(batch("a", 60), from: 1, of: 2)) == 60)
  }

  /// Another process has completed it, and it was queued anew before any worker here saw it gone.
  @Test func whatBeginsAnewDoes() {
    var story = PoolStory()
    #expect(scanned(story.filtered(batch("a", 50), from: 0, of: 2)) == 50)
    #expect(scanned(story.filtered(batch("a", 60), from: 1, of: 2)) == 60)
    #expect(scanned(story.filtered(batch("a", 5), from: 0, of: 2)) == 5)
    #expect(scanned(story.filtered(batch("a", 4), from: 1, of: 2)) == 4)
    #expect(scanned(story.filtered(batch("a", 9), from: 0, of: 2)) == 9)
    #expect(scanned(story.filtered(batch("a", 8), from: 1, of: 2)) == 9)
  }

  @Test func oneThatWaitsIsNoNewsWhileAnotherWorks() {
    var story = PoolStory()
    let waiting = UpdateEvent.waiting(["a": "waits"])
    #expect(!isTold(story.filtered(waiting, from: 0, of: 2)))
    #expect(isTold(story.filtered(batch("a", 1), from: 1, of: 2)))
    #expect(isTold(story.filtered(waiting, from: 1, of: 2)))
    #expect(isTold(story.filtered(batch("a", 2), from: 0, of: 2)))
    #expect(!isTold(story.filtered(waiting, from: 1, of: 2)))
  }

  @Test func nothingIsToldOfAnUpdateAfterItsEnd() {
    var story = PoolStory()
    let certificate = UpdateCertificate(
      name: "a", startedAt: nil, completedAt: 0, version: nil, completedBy: "", scanned: 0, written: 0,
      batches: 0,
      milliseconds: 0, skipped: [:], verified: "")
    #expect(isTold(story.filtered(.completed(certificate), from: 0, of: 2)))
    #expect(!isTold(story.filtered(batch("a", 90), from: 1, of: 2)))
    // Queued anew, it begins at nothing.
    #expect(isTold(story.filtered(.started(name: "a", isResumed: false), from: 1, of: 2)))
    #expect(scanned(story.filtered(batch("a", 5), from: 1, of: 2)) == 5)
  }

  @Test func anOutageIsToldOnce() {
    var story = PoolStory()
    #expect(isTold(story.filtered(.disconnected(error: "gone"), from: 0, of: 2)))
    #expect(!isTold(story.filtered(.disconnected(error: "gone"), from: 1, of: 2)))
    #expect(!isTold(story.filtered(.reconnected, from: 1, of: 2)))
    #expect(isTold(story.filtered(.reconnected, from: 0, of: 2)))
  }

  @Test func whoLeavesTheWorkToOthersIsNotWaitedFor() {
    var story = PoolStory()
    #expect(isTold(story.filtered(.disconnected(error: "gone"), from: 0, of: 2)))
    #expect(isTold(story.leave(0)))
    #expect(isTold(story.filtered(.waiting(["a": "waits"]), from: 1, of: 2)))
    #expect(isTold(story.filtered(.disconnected(error: "gone"), from: 1, of: 2)))
    var other = PoolStory()
    #expect(!isTold(other.leave(1)))
  }
}
