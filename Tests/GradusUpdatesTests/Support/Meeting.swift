import Foundation
import GradusSQL
import Synchronization

@testable import GradusUpdates

/// Threads that wait until all of them are there.
final class Meeting: Sendable {
  private let present = Mutex(0)
  private let count: Int

  init(count: Int) { self.count = count }

  var isComplete: Bool { present.withLock { $0 >= count } }

  func attend() throws {
    present.withLock { $0 += 1 }
    for _ in 0..<6_000 {
      if isComplete { return }
      Thread.sleep(forTimeInterval: 0.005)
    }
    throw MissedMeeting()
  }

  struct MissedMeeting: Error {}
}

/// An update whose only batch waits for others'.
struct Meeter: UpdateHandler {
  let name: String
  let meeting: Meeting

  init(name: String, _ meeting: Meeting) {
    self.name = name
    self.meeting = meeting
  }

  func runBatch(_ progress: NoProgress, size: Int, on connection: Connection) throws -> BatchResult<
    NoProgress
  > {
    try meeting.attend()
    return BatchResult(next: nil, scanned: 1, written: 1)
  }
}
