import Gradus

/// Chooses which update runs next. Pure: the queue goes in, a decision comes out.
struct UpdateScheduler {
  /// What each update must wait for besides the dependency that its row holds.
  let dependencies: [String: [String]]
  /// The updates that this program can run.
  let known: Set<String>

  enum Decision: Equatable {
    /// Run a batch of this update.
    case run(String)
    /// Nothing (more) can run; these wait, each for this reason.
    case stuck([String: String])
    /// The queue is empty.
    case finished
  }

  /// - Parameters:
  ///   - queue: the queued updates.
  ///   - parked: updates that are set aside, with the reason.
  ///   - wanted: the updates to run, with what they depend on; nil for all.
  func next(_ queue: [QueuedUpdate], parked: [String: String], wanted: Set<String>? = nil) -> Decision {
    let candidates = wanted.map { within($0, queue) } ?? queue
    if candidates.isEmpty { return .finished }
    let queued = Set(queue.map(\.name))
    var waiting: [String: String] = [:]
    for update in candidates.sorted(by: { ($0.ordering, $0.name) < ($1.ordering, $1.name) }) {
      if let reason = parked[update.name] {
        waiting[update.name] = reason
      } else if !known.contains(update.name) {
        waiting[update.name] = "this program does not know it; it waits for one that does"
      } else if let dependency = dependsOn(update).first(where: queued.contains) {
        waiting[update.name] = "waits for '\(dependency)'"
      } else {
        return .run(update.name)
      }
    }
    return .stuck(waiting)
  }

  private func dependsOn(_ update: QueuedUpdate) -> [String] {
    (update.dependsOn.map { [$0] } ?? []) + (dependencies[update.name] ?? [])
  }

  /// The wanted updates that are queued, and all queued ones that they wait for.
  private func within(_ wanted: Set<String>, _ queue: [QueuedUpdate]) -> [QueuedUpdate] {
    let byName = Dictionary(queue.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var needed: Set<String> = []
    var open = Array(wanted)
    while let name = open.popLast() {
      guard let update = byName[name], needed.insert(name).inserted else { continue }
      open += dependsOn(update)
    }
    return queue.filter { needed.contains($0.name) }
  }
}
