import GradusSQL

/// Reads the events of a batch as far as any reader of the homeserver would be given them: rejected events, unreadable
/// ones, and redactions that count for nothing are never signed.
enum ResignableEvents {
  struct Event {
    let eventID: String
    let document: EventDocument
    let rules: RedactionRules
  }

  /// A redaction, and what it says it redacts.
  private struct Redaction {
    let event: StoredEvent
    let target: String
  }

  /// Reads and locks them: what another process is writing into one is waited for, and read.
  static func read(
    _ ids: Set<String>, on connection: Connection, skips: inout SkipCounter
  ) throws -> [Event] {
    var events: [Event] = []
    var redactions: [String: Redaction] = [:]
    for row in try EventRow.read(ids, locking: true, on: connection) where !row.isRejected {
      let version: String
      switch row.version {
      case .success(let known): version = known
      case .failure(let problem):
        skips.count(SkipReason(problem))
        continue
      }
      guard let rules = RedactionRules(roomVersion: version), let document = EventDocument(row.json),
        (try? JSONScanner.value(row.metadata))?.object != nil
      else {
        skips.count(.eventUnparsable)
        continue
      }
      if document.type == "m.room.redaction" {
        guard let event = row.parsed, let target = rules.target(of: document.event) else { continue }
        redactions[row.eventID] = Redaction(event: event, target: target)
      }
      events.append(Event(eventID: row.eventID, document: document, rules: rules))
    }
    let withheld = try withheld(redactions, on: connection)
    return events.filter { !withheld.contains($0.eventID) }
  }

  /// The redactions whose target is unknown, in another room, a create event, or of a server that they may not redact.
  private static func withheld(_ redactions: [String: Redaction], on connection: Connection) throws
    -> Set<String>
  {
    // An unreadable target is no part of the batch's own data, so it is not counted.
    var ignored = SkipCounter()
    let targets = try EventReader().readAsStored(
      Set(redactions.values.map(\.target)), includingRejected: true, on: connection, skips: &ignored
    ).events
    return Set(
      redactions.filter { _, redaction in
        guard let target = targets[redaction.target], target.type != RelevantState.create.rawValue else {
          return true
        }
        return !RedactionReader.applies(redaction.event, to: target)
      }.keys)
  }
}

extension SkipReason {
  fileprivate init(_ problem: EventRow.VersionProblem) {
    switch problem {
    case .unknown: self = .unknownRoomVersion
    case .formatMismatch: self = .eventFormatMismatch
    case .missing: self = .roomWithoutVersion
    }
  }
}
