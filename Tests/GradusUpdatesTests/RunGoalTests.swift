import Testing

@testable import GradusUpdates

@Suite struct RunGoalTests {
  /// Rows of the queue may depend on each other in a circle: that is for somebody to mend, while the program runs on.
  @Test func whatNeverEndsWaitsForAnything() {
    for reason in [WaitReason.dependency("a"), .unknown, .parked(""), .held(by: ""), .paused(by: "")] {
      #expect(RunGoal.forever.waits(for: [reason]))
    }
    #expect(!RunGoal.done.waits(for: [.dependency("a")]))
    #expect(!RunGoal.idle.waits(for: [.dependency("a"), .paused(by: "")]))
    #expect(RunGoal.done.waits(for: [.dependency("a"), .paused(by: "")]))
    #expect(RunGoal.idle.waits(for: [.held(by: "")]))
  }
}
