/// What the database holds of what an event says, not parsed yet.
struct UnparsedEvent: Sendable {
  let type: String
  /// Nil where the database holds no text.
  let json: String?
  /// Nil where the database holds no text.
  let metadata: String?
  let format: Int64
  /// The version of the room as `rooms` has it.
  let storedVersion: String?
  let isRejected: Bool

  /// Why an event's room has no usable version.
  enum VersionProblem: Error {
    case unknown
    case formatMismatch
    /// `rooms` has none, and the event is of a type for which none is assumed: reading fails as a whole.
    case missing
  }

  /// The version by whose rules the event is read.
  var version: Result<String, VersionProblem> {
    if let storedVersion {
      guard let expected = RoomVersion.eventFormat(of: storedVersion) else { return .failure(.unknown) }
      return format == expected ? .success(storedVersion) : .failure(.formatMismatch)
    }
    guard type == "m.room.member" else { return .failure(.missing) }
    return RoomVersion.assumed(ofFormat: format).map { .success($0) } ?? .failure(.formatMismatch)
  }

  /// What it says; nil where it cannot be parsed.
  var body: EventBody? {
    guard let json, let metadata else { return nil }
    return EventBody(json: json, metadata: metadata)
  }

  /// What readers of the homeserver are given of an event.
  enum Reading: Sendable {
    case event(EventBody)
    /// It does not exist for them; why, where that counts as skipped.
    case nothing(SkipReason?)
    /// Reading fails as a whole: what is asked for together with it is unreadable.
    case failure(SkipReason)
  }

  /// - Parameter includingRejected: whether it is given although it was rejected.
  func reading(includingRejected: Bool = false) -> Reading {
    guard let body else { return .nothing(.eventUnparsable) }
    switch version {
    case .success: return includingRejected || !isRejected ? .event(body) : .nothing(nil)
    // Counted with the room.
    case .failure(.unknown): return .nothing(nil)
    case .failure(.formatMismatch): return .nothing(.eventFormatMismatch)
    case .failure(.missing): return .failure(.roomWithoutVersion)
    }
  }
}
