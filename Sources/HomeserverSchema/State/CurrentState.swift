import GradusSQL

/// Reads what the current state of rooms says, for a whole batch at once.
///
/// One query finds the events and reads them. What is not as it usually is, above all what may be redacted, is left to
/// `EventReader`, which knows all cases.
enum CurrentState {
  /// Reads the state events of some types with the empty state key, as every reader of the homeserver is given them.
  ///
  /// - Parameters:
  ///   - kinds: the types.
  ///   - rooms: the rooms.
  ///   - versions: the versions of the rooms that exist.
  ///   - skips: counts the events that exist and cannot be read.
  ///   - describe: makes of a room's state what is wanted of it; on other threads.
  ///   - body: reads what else is wanted, while the last rooms are described.
  /// - Returns: the rooms' descriptions in the order of the rooms, nil for those that have no such event, readable or not;
  ///   and what `body` returns.
  static func read<Kind: RawRepresentable<String> & Hashable & Sendable, Description: Sendable, Other>(
    _ kinds: [Kind], of rooms: [String], in versions: [String: String?], on connection: Connection,
    skips: inout SkipCounter, describe: @Sendable (RoomState<Kind>, inout SkipCounter) -> Description,
    meanwhile body: () throws -> Other
  ) throws -> (descriptions: [Description?], other: Other) {
    let query = try query(kinds.map(\.rawValue), on: connection)
    // To make values of the events takes half as long as to find them, and one room knows nothing of another.
    let (described, other) = try rooms.parts(of: roomsAtOnce).pipelined { rooms in
      // The events of a room follow one another, however the engine found them.
      let events = try connection.query(over: .texts("room_id", rooms, isNumbered: true), [], query)
        .map(StateEvent.init).sorted { $0.nth < $1.nth }
      let unusual = try EventReader.read(Set(events.compactMap(\.unusual)), on: connection, skips: &skips)
      return (rooms, events, unusual)
    } work: { rooms, events, unusual in
      var (descriptions, skips) = ([Description?](repeating: nil, count: rooms.count), SkipCounter())
      for run in runs(events) {
        let nth = events[run.lowerBound].nth
        let version = versions[rooms[nth - 1]] ?? nil
        var state = RoomState<Kind>()
        for event in events[run] {
          guard let kind = Kind(rawValue: try event.type) else { continue }
          state.add(try event.reading(version, unusual), as: kind, skips: &skips)
        }
        descriptions[nth - 1] = describe(state, &skips)
      }
      return (descriptions, skips)
    } meanwhile: {
      try body()
    }
    for (_, skipped) in described { skips.add(skipped) }
    return (described.flatMap(\.0), other)
  }

  /// So many that another query costs little, and so few that to work on the last ones takes no time.
  private static let roomsAtOnce = 250

  /// Where the events of one room stand, for each room.
  private static func runs(_ events: [StateEvent]) -> [Range<Int>] {
    var starts = events.indices.filter { $0 == 0 || events[$0 - 1].nth != events[$0].nth }
    starts.append(events.count)
    return zip(starts, starts.dropFirst()).map { $0..<$1 }
  }

  /// One row of the query.
  private struct StateEvent: Sendable {
    /// The number of the room.
    let nth: Int
    /// The event's id where it is not as usual; nil where it is read as it stands in the row, or has no id that is a text.
    let unusual: EventID?
    private let row: Row

    init(_ row: Row) throws {
      nth = Int(try row.integer(0))
      unusual = row[2].text.map { EventID($0) }
      self.row = row
    }

    var type: String { get throws { try row.text(1) } }

    /// - Parameters:
    ///   - version: of the room.
    ///   - read: the events that are not as usual.
    func reading(_ version: String?, _ read: EventReader.Result) throws -> UnparsedEvent.Reading {
      if let unusual {
        return read.failures[unusual].map { .failure($0) } ?? read.events[unusual].map { .event($0.body) }
          ?? .nothing(nil)
      }
      guard row[2].isNull else { return .nothing(nil) }
      return UnparsedEvent(
        type: try type, json: row.storedText(3), metadata: row.storedText(4), format: row[5].integer ?? 1,
        storedVersion: version, isRejected: false
      ).reading()
    }
  }

  /// The query over rooms `k`, which are numbered. An event is as usual if it is there, of the room and the type that the
  /// state says, not rejected, and nothing may redact it.
  private static func query(
    _ types: [String], on connection: Connection
  ) throws -> (_ source: String) -> String {
    let capabilities = try RedactionCapabilities(connection)
    let bans =
      capabilities.hasRoomBans
      ? """
      AND NOT EXISTS (SELECT 1 FROM room_ban_redactions b WHERE b.room_id = e.room_id AND b.user_id = e.sender)
      """ : ""
    func lookUp(_ table: String, _ alias: String) -> String {
      connection.lookUp(table, as: alias, "event_id", equals: "c.event_id", isOptional: true)
    }
    let state = connection.lookUp(
      "current_state_events", as: "c", "room_id", equals: "k.room_id",
      where: "\(isOne(of: types, on: connection.engine)) AND c.state_key = ''")
    return { source in
      """
      SELECT k.nth, c.type,
        CASE
          WHEN e.room_id = c.room_id AND e.type = c.type AND j.event_id IS NOT NULL AND x.event_id IS NULL
            AND (SELECT r.event_id FROM redactions r WHERE r.redacts = c.event_id LIMIT 1) IS NULL \(bans)
          THEN NULL ELSE c.event_id
        END,
        j.json, j.internal_metadata, j.format_version
      FROM \(source)
      \(state)
      \(lookUp("events", "e"))
      \(lookUp("event_json", "j"))
      \(lookUp("rejections", "x"))
      """
    }
  }

  /// The condition that a state event is of one of the types.
  private static func isOne(of types: [String], on engine: Engine) -> String {
    let list = types.map { "'\($0)'" }.joined(separator: ", ")
    switch engine {
    case .postgres: return "c.type IN (\(list))"
    // A room's state lies in the order of types, with the members, which are most of it, in the midst. To go through what
    // lies before and behind them takes half as long as to look for each type; the sign keeps SQLite from that.
    case .sqlite:
      let sides = [types.filter { $0 < "m.room.member" }, types.filter { $0 > "m.room.member" }]
      let ranges = sides.compactMap { types in
        types.min().map { "c.type >= '\($0)' AND c.type <= '\(types.max() ?? $0)'" }
      }
      return "(\(ranges.joined(separator: " OR "))) AND +c.type IN (\(list))"
    }
  }
}

extension RoomState {
  fileprivate mutating func add(_ reading: UnparsedEvent.Reading, as kind: Kind, skips: inout SkipCounter) {
    switch reading {
    case .event(let body): contents[kind] = body.content
    case .nothing(let reason): reason.map { skips.count($0) }
    case .failure(let reason): failure = reason
    }
  }
}
