package import GradusReports

/// What a queued update does, or waits for.
package enum UpdateState: String, Encodable, Sendable, Hashable {
  case queued
  case waiting
  case running
  case paused
  case parked
  case unknown

  /// - Parameters:
  ///   - update: the update.
  ///   - isRunning: whether a worker is at it.
  ///   - queued: the names of all updates of its queue.
  ///   - dependencies: what it must wait for besides what the queue says.
  package init(_ update: UpdateReport, isRunning: Bool, queued: Set<String>, dependencies: [String]) {
    let waitsFor = dependencies + [update.dependsOn].compactMap(\.self)
    self =
      if update.parked != nil { .parked } else if !update.known { .unknown } else if update.pausedBy != nil {
        .paused
      } else if isRunning { .running } else if waitsFor.contains(where: queued.contains) { .waiting } else {
        .queued
      }
  }
}
