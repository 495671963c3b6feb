import GradusSQL

/// Reads events the way that every reader of the homeserver does: what is rejected, of an unknown room
/// version, of another format than its room or not parsable does not exist, and redacted events are pruned. That an
/// event's id matches its content is taken for granted.
enum EventReader {
  /// What was read.
  struct Result {
    /// The events by id.
    var events: [EventID: StoredEvent] = [:]
    /// Events at which reading fails as a whole, by id: what is asked for together with one of them is
    /// unreadable.
    var failures: [EventID: SkipReason] = [:]
  }

  /// Reads events by their ids.
  ///
  /// - Parameters:
  ///   - ids: the events; those that do not exist are left out of the result.
  ///   - skips: counts the events that exist and cannot be read.
  static func read(_ ids: Set<EventID>, on connection: Connection, skips: inout SkipCounter) throws -> Result
  {
    var result = try readAsStored(ids, on: connection, skips: &skips)
    for id in try RedactionReader.redacted(among: result.events, on: connection) {
      result.events[id]?.prune()
    }
    return result
  }

  /// Reads events without regard to redactions.
  ///
  /// - Parameter includingRejected: whether rejected events are read too.
  static func readAsStored(
    _ ids: Set<EventID>, includingRejected: Bool = false, on connection: Connection, skips: inout SkipCounter
  ) throws -> Result {
    var result = Result()
    for row in try EventRow.read(ids.sorted().map(\.text), on: connection) {
      switch row.unparsed.reading(includingRejected: includingRejected) {
      case .event(let body): result.events[row.eventID] = row.event(body)
      case .nothing(let reason): reason.map { skips.count($0) }
      case .failure(let reason): result.failures[row.eventID] = reason
      }
    }
    return result
  }
}
