import GradusJSON
import GradusSQL

/// Reads the events of a batch as far as any reader of the homeserver would be given them, and decides of each: rejected
/// events, unreadable ones, and redactions that count for nothing are never signed.
struct ResignableEvents {
  let resigner: EventResigner
  let connection: Connection

  /// An event, looked at by itself.
  private struct Look: Sendable {
    let row: EventRow
    let decision: EventResigner.Decision
    /// Of a redaction, the rules by which it says what it redacts, and what it says.
    var redaction: (rules: RedactionRules, event: JSONObject)?

    init(_ row: EventRow, _ resigner: EventResigner) throws {
      self.row = row
      let version: String
      switch row.unparsed.version {
      case .success(let known): version = known
      case .failure(let problem):
        decision = .skip(SkipReason(problem))
        return
      }
      guard let rules = RedactionRules(roomVersion: version),
        let document = row.unparsed.json.flatMap({ EventDocument($0) }),
        let metadata = row.unparsed.metadata, (try? JSONScanner.value(metadata))?.object != nil
      else {
        decision = .skip(.eventUnparsable)
        return
      }
      decision = try resigner.decide(document, rules)
      if document.type == .redaction { redaction = (rules, document.event) }
    }
  }

  /// Reads and locks events: what another process is writing into one is waited for, and read.
  ///
  /// - Parameter ids: the events.
  /// - Returns: those that are to be signed, with their new JSON.
  func signed(_ ids: [String], skips: inout SkipCounter) throws -> [(eventID: String, json: String)] {
    let resigner = resigner
    // Reading JSON and signing takes most of the time, and one event knows nothing of another.
    let looks = try EventRow.read(ids, locking: true, on: connection).filter { !$0.unparsed.isRejected }
      .concurrentMap { try Look($0, resigner) }
    let withheld = try withheld(among: looks)
    var signed: [(eventID: String, json: String)] = []
    for look in looks where !withheld.contains(look.row.eventID) {
      switch look.decision {
      case .signed(let json): signed.append((look.row.eventID.text, json))
      case .leave: break
      case .skip(let reason): skips.count(reason)
      }
    }
    return signed
  }

  /// The redactions whose target is unknown, in another room, a create event, or of a server that they may not redact.
  private func withheld(among looks: [Look]) throws -> Set<EventID> {
    var withheld: Set<EventID> = []
    var redactions: [(event: StoredEvent, target: EventID)] = []
    for look in looks {
      guard let (rules, event) = look.redaction else { continue }
      if let body = look.row.unparsed.body, let target = rules.target(of: event) {
        redactions.append((look.row.event(body), EventID(target)))
      } else {
        withheld.insert(look.row.eventID)
      }
    }
    // An unreadable target is no part of the batch's own data, so it is not counted.
    var ignored = SkipCounter()
    let targets = try EventReader.readAsStored(
      Set(redactions.map(\.target)), includingRejected: true, on: connection, skips: &ignored
    ).events
    for redaction in redactions {
      guard let target = targets[redaction.target], target.type != RelevantState.create.rawValue,
        RedactionReader.applies(redaction.event, to: target)
      else {
        withheld.insert(redaction.event.eventID)
        continue
      }
    }
    return withheld
  }
}

extension SkipReason {
  fileprivate init(_ problem: UnparsedEvent.VersionProblem) {
    switch problem {
    case .unknown: self = .unknownRoomVersion
    case .formatMismatch: self = .eventFormatMismatch
    case .missing: self = .roomWithoutVersion
    }
  }
}
