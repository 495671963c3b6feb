import GradusSQL

/// Chooses which update runs next. Pure: the queue and the circumstances go in, a decision comes out.
struct UpdateScheduler: Sendable {
  /// What each update must wait for besides the dependency that its row holds.
  let dependencies: [String: [String]]
  /// The updates that this program can run.
  let known: Set<String>

  /// What a worker knows that the queue does not say.
  struct Circumstances: Sendable {
    /// The updates to run, with what they depend on; nil for all.
    var wanted: Set<String>?
    /// Whether parked updates are tried again: somebody asked for them by name.
    var triesParked = false
    /// Whether other workers' holds count.
    var preempts = false
    /// Whether the time windows are open.
    var isWithinWindow = true
    /// Updates that are paused in this process.
    var paused: @Sendable (String) -> Bool = { _ in false }
    /// Updates that are set aside for a while or for the rest of the run.
    var setAside: [String: WaitReason] = [:]
  }

  enum Decision: Equatable {
    /// Run a batch of this update.
    case run(String)
    /// Nothing can run now; each queued update waits for a reason.
    case blocked([String: WaitReason])
    /// The queue is empty.
    case finished

    /// Whether nothing runs until a time window opens.
    var waitsForWindow: Bool {
      if case .blocked(let reasons) = self { reasons.values.contains(.outsideWindow) } else { false }
    }
  }

  /// - Parameters:
  ///   - queue: the queued updates, in the order in which they are to be worked off.
  ///   - circumstances: what else decides.
  func next(_ queue: [QueueEntry], _ circumstances: Circumstances = Circumstances()) -> Decision {
    let candidates = candidates(circumstances.wanted, queue)
    if candidates.isEmpty { return .finished }
    let queued = Set(queue.map(\.name))
    var waiting: [String: WaitReason] = [:]
    for entry in candidates {
      guard let reason = reason(entry, queued, circumstances) else { return .run(entry.name) }
      waiting[entry.name] = reason
    }
    return .blocked(waiting)
  }

  private func reason(_ entry: QueueEntry, _ queued: Set<String>, _ circumstances: Circumstances)
    -> WaitReason?
  {
    let name = entry.name
    // By bytes, as the queue has it: to Swift, names that differ may be the same.
    guard let index = known.firstIndex(of: name), known[index].hasSameBytes(as: name) else {
      return .unknown
    }
    if let reason = entry.parkedReason, !circumstances.triesParked { return .parked(reason) }
    switch circumstances.setAside[name] {
    // Nothing that happens to what it depends on changes this.
    case .failed, .parked, .needsDirectAddress: return circumstances.setAside[name]
    default: break
    }
    if let dependency = entry.dependencies(dependencies).first(where: queued.contains) {
      return .dependency(dependency)
    }
    if let who = entry.pausedBy { return .paused(by: who) }
    if circumstances.paused(name) { return .paused(by: "this process") }
    if !circumstances.isWithinWindow { return .outsideWindow }
    if let reason = circumstances.setAside[name] { return reason }
    if let holder = entry.heldBy, !circumstances.preempts { return .held(by: holder) }
    return nil
  }

  /// The wanted updates that are queued, and all queued ones that they wait for.
  ///
  /// - Parameter wanted: nil for all.
  func candidates(_ wanted: Set<String>?, _ queue: [QueueEntry]) -> [QueueEntry] {
    guard let wanted else { return queue }
    let byName = Dictionary(queue.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var needed: Set<String> = []
    var open = Array(wanted)
    while let name = open.popLast() {
      guard let entry = byName[name], needed.insert(name).inserted else { continue }
      open += entry.dependencies(dependencies)
    }
    return queue.filter { needed.contains($0.name) }
  }
}
