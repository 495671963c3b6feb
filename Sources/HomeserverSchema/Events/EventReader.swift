import GradusSQL

/// Reads events the way that every reader of the homeserver does: what is rejected, of an unknown room
/// version, of another format than its room or not parsable does not exist, and redacted events are pruned. That an
/// event's id matches its content is taken for granted.
struct EventReader: Sendable {
  /// What was read.
  struct Result {
    /// The events by id.
    var events: [String: StoredEvent] = [:]
    /// Events at which reading fails as a whole, by id: what is asked for together with one of them is
    /// unreadable.
    var failures: [String: SkipReason] = [:]
  }

  /// Reads events by their ids.
  ///
  /// - Parameters:
  ///   - ids: the events; those that do not exist are left out of the result.
  ///   - skips: counts the events that exist and cannot be read.
  func read(_ ids: Set<String>, on connection: Connection, skips: inout SkipCounter) throws -> Result {
    var result = try readAsStored(ids, on: connection, skips: &skips)
    let redactions = RedactionReader(reader: self)
    for id in try redactions.redacted(among: result.events, on: connection) {
      result.events[id]?.prune()
    }
    return result
  }

  /// Reads events without regard to redactions.
  ///
  /// - Parameter includingRejected: whether rejected events are read too.
  func readAsStored(
    _ ids: Set<String>, includingRejected: Bool = false, on connection: Connection, skips: inout SkipCounter
  ) throws -> Result {
    var result = Result()
    for row in try EventRow.read(ids.sorted(), on: connection) {
      guard let event = row.parsed else {
        skips.count(.eventUnparsable)
        continue
      }
      switch row.version {
      case .success: break
      // Counted with the room.
      case .failure(.unknown): continue
      case .failure(.formatMismatch):
        skips.count(.eventFormatMismatch)
        continue
      case .failure(.missing):
        result.failures[row.eventID] = .invalidState
        continue
      }
      if includingRejected || !row.isRejected { result.events[row.eventID] = event }
    }
    return result
  }
}
