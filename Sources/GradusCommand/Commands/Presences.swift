import Gradus
import GradusUpdates
import Synchronization

/// Announces a command's version on all its databases, and stops its work where the version is shut out meanwhile.
final class Presences: Sendable {
  private let presences: [VersionPresence]
  private let refusal: Refusal

  /// The first refusal.
  private final class Refusal: Sendable {
    let error = Mutex<GradusError?>(nil)
  }

  private init(_ presences: [VersionPresence], _ refusal: Refusal) {
    self.presences = presences
    self.refusal = refusal
  }

  /// - Parameter report: told what happens to the announcement on a database.
  static func announce(
    _ context: CommandContext, _ control: RunControl,
    report: @escaping @Sendable (PhysicalDatabase, PresenceEvent) -> Void
  ) async throws -> Presences {
    let refusal = Refusal()
    var presences: [VersionPresence] = []
    for database in context.databases {
      presences.append(
        try await VersionPresence.announce(version: context.schema.ledger.version, on: database) { event in
          report(database, event)
          guard case .refused(let error) = event else { return }
          refusal.error.withLock { $0 = $0 ?? error }
          control.stop()
        })
    }
    return Presences(presences, refusal)
  }

  /// Makes lost announcements anew as soon as a run has found its database again.
  func note(_ event: UpdateEvent) {
    guard case .reconnected = event else { return }
    // Each by itself: a database that does not answer holds up no other.
    for presence in presences { Task { try? await presence.check() } }
  }

  /// Ends the announcements.
  ///
  /// - Throws: the refusal that has stopped the work.
  func release() async throws {
    for presence in presences { await presence.release() }
    if let error = refusal.error.withLock({ $0 }) { throw error }
  }
}
