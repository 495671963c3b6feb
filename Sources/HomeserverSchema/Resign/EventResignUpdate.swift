public import GradusSQL
public import GradusUpdates

/// Signs this server's events anew with its current key, after the old one was changed.
///
/// Nothing but the signatures in `event_json` is written.
public struct EventResignUpdate: UpdateHandler {
  /// The update's name in the queue.
  public let name = "event_resign"

  private let identity: Result<ServerIdentity, any Error>

  /// - Parameter identity: whose events are signed, and with which key.
  public init(identity: ServerIdentity) { self.init(identity: .success(identity)) }

  /// - Parameter identity: whose events are signed, and with which key; or why that is not known, with which each batch
  ///   fails, so that the update waits, parked, for a program that knows.
  public init(identity: Result<ServerIdentity, any Error>) { self.identity = identity }

  /// Looks at the next events in the order of their positions.
  public func runBatch(
    _ progress: EventResignProgress, size: Int, on connection: Connection
  ) throws -> BatchResult<EventResignProgress> {
    let identity = try identity.get()
    let events = ResignableEvents(
      resigner: EventResigner(
        identity: identity, oldKey: try progress.oldKey.map { try VerifyKey(parsing: $0) }),
      connection: connection)
    var skips = SkipCounter()
    let page = try ResignPage(
      after: progress, limit: size, serverName: identity.serverName, on: connection, skips: &skips)
    var written = 0
    for part in page.candidates.parts(of: Self.eventsAtOnce) {
      written += try write(events, part, on: connection, skips: &skips)
    }
    // The end of the table is the end of the work: what comes after it is signed with the current key.
    var next: EventResignProgress? = progress
    if page.scanned < size { next = nil } else { next?.lastPosition = page.last }
    return BatchResult(next: next, scanned: page.scanned, written: written, skipped: skips.counts)
  }

  /// The events not yet looked at.
  public func estimateRemaining(_ progress: EventResignProgress, on connection: Connection) throws -> Int? {
    try RowEstimate.count("events", where: "stream_ordering > $1", [.integer(progress.bound)], on: connection)
  }

  private static let eventsAtOnce = 1_000

  private func write(
    _ events: ResignableEvents, _ ids: [String], on connection: Connection, skips: inout SkipCounter
  ) throws -> Int {
    let signed = try events.signed(ids, skips: &skips)
    switch connection.engine {
    case .postgres:
      let table = BatchTable(
        columns: [("event_id", .text), ("json", .text)],
        rows: signed.map { [.text($0.eventID), .text($0.json)] })
      return try connection.execute(over: table) { source in
        "UPDATE event_json SET json = k.json FROM \(source) WHERE event_json.event_id = k.event_id"
      }
    case .sqlite:
      // A statement is no round trip; to hand all texts over as one would write and read each of them twice more.
      return try signed.reduce(0) { written, event in
        try written
          + connection.execute(
            "UPDATE event_json SET json = $2 WHERE event_id = $1", [.text(event.eventID), .text(event.json)])
      }
    }
  }
}
