package import Gradus

/// A queued update with what operators and other workers say about it.
package struct QueueEntry: Sendable, Hashable {
  package var update: QueuedUpdate
  /// Higher goes first; before the queue's own order.
  package var priority = 0
  /// Who paused it, or all, for longer than a process.
  package var pausedBy: String?
  /// Whether it is paused by its own name, not only with all.
  package var isPausedByName = false
  /// Why it is set aside until somebody asks for another try.
  package var parkedReason: String?
  /// The other worker that has it.
  package var heldBy: String?

  package init(
    _ update: QueuedUpdate, priority: Int = 0, pausedBy: String? = nil, isPausedByName: Bool = false,
    parkedReason: String? = nil, heldBy: String? = nil
  ) {
    self.update = update
    self.priority = priority
    self.pausedBy = pausedBy
    self.isPausedByName = isPausedByName
    self.parkedReason = parkedReason
    self.heldBy = heldBy
  }

  package var name: String { update.name }

  /// Whether anything is said of it by its name.
  var isSpokenOf: Bool { priority != 0 || isPausedByName || parkedReason != nil }

  /// What it waits for where that is queued: what its row says, which holds one name only, and what is declared.
  ///
  /// - Parameter declared: by update.
  func dependencies(_ declared: [String: [String]]) -> [String] {
    (update.dependsOn.map { [$0] } ?? []) + (declared[name] ?? [])
  }

  /// The order in which the queue is worked off.
  static func goesBefore(_ first: QueueEntry, _ second: QueueEntry) -> Bool {
    // The least number of all has no negative.
    (second.priority, first.update.ordering, first.name) < (
      first.priority, second.update.ordering, second.name
    )
  }
}
