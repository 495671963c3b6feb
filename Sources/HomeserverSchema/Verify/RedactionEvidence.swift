import GradusJSON
import GradusSQL

/// When an event was redacted.
struct RedactionEvidence {
  /// The position of the first redaction; nil where none has one.
  private(set) var position: Int64?
  /// Whether there is one of which nobody knows when it came.
  private(set) var isUndated = false

  private mutating func add(_ position: Int64?) {
    guard let position else { return isUndated = true }
    self.position = min(self.position ?? .max, position)
  }

  /// Whether who reads the event at a moment sees it redacted.
  func applies(at moment: RoomEvidence.Moment) -> Bool {
    position.map { $0 <= moment.position } ?? false || isUndated && moment.seesUndatedRedactions
  }

  /// Loads what is redacted in some rooms of the events that derived rows are made of, by the events' ids.
  ///
  /// - Parameters:
  ///   - rooms: the rooms' versions; nil where the database does not know them.
  ///   - ids: the rooms, as a parameter.
  ///   - isOfRooms: the condition, to follow a column, that it is one of them.
  static func load(
    _ rooms: [JSONText: String?], _ ids: SQLValue, _ isOfRooms: String, on connection: Connection
  ) throws -> [JSONText: RedactionEvidence] {
    var redactions: [JSONText: RedactionEvidence] = [:]
    for query in try queries(isOfRooms, connection) {
      try connection.forEachRow(query, [ids]) { row in
        guard let target = row[1].text else { return }
        let room = JSONText(try row.text(0))
        guard try row.boolean(2) == false || isValid(row, in: room, rooms[room] ?? nil) else { return }
        redactions[JSONText(target), default: RedactionEvidence()].add(row[6].integer)
      }
    }
    return redactions
  }

  /// Whether a redaction that was not confirmed when it was stored counts: whoever reads it finds it in the target's room,
  /// and of the right sender.
  private static func isValid(_ row: Row, in room: JSONText, _ version: String?) throws -> Bool {
    guard let type = row[5].text, row[4].text.map({ JSONText($0) }) == room, row[8].isNull,
      let event = EventEvidence(
        .init(type: type, json: row.storedText(9), metadata: row.storedText(10), format: row[11].integer),
        roomVersion: version)
    else { return false }
    guard event.redactsOwnDomainOnly else { return true }
    func domain(_ user: String?) -> JSONText? { user.flatMap { JSONText($0).domain } }
    guard let own = domain(row[7].text) else { return false }
    return own == domain(row[3].text)
  }

  /// The queries over the rooms `$1`: room, target, whether the redaction is to be checked, the target's sender; the
  /// redaction's room, type, position, sender and rejection, its JSON, metadata and format.
  private static func queries(_ isOfRooms: String, _ connection: Connection) throws -> [String] {
    let columns =
      """
      e.sender, r.room_id, r.type, r.stream_ordering, r.sender, x.event_id, j.json, j.internal_metadata,
        j.format_version
      """
    func event(_ id: String) -> String {
      """
      LEFT JOIN events r ON r.event_id = \(id)
      LEFT JOIN event_json j ON j.event_id = \(id)
      LEFT JOIN rejections x ON x.event_id = \(id)
      """
    }
    // A create event is never redacted: without it the room would have no version.
    let isRelevant =
      """
      e.room_id \(isOfRooms)
        AND e.type IN ('m.room.member', 'm.room.name', 'm.room.encryption', 'm.room.tombstone')
      """
    let recheck = try hasColumn("recheck", of: "redactions", connection) ? "d.recheck" : "TRUE"
    let redactions =
      """
      SELECT e.room_id, e.event_id, \(recheck), \(columns)
      FROM events e
      JOIN redactions d ON d.redacts = e.event_id
      \(event("d.event_id"))
      WHERE \(isRelevant)
      """
    guard try hasColumn("redact_end_ordering", of: "room_ban_redactions", connection) else {
      return [redactions]
    }
    let bans =
      """
      SELECT e.room_id, e.event_id, TRUE, \(columns)
      FROM room_ban_redactions b
      JOIN events e ON e.room_id = b.room_id AND e.sender = b.user_id
      \(event("b.redacting_event_id"))
      WHERE \(isRelevant) AND (b.redact_end_ordering IS NULL OR e.stream_ordering < b.redact_end_ordering)
      """
    return [redactions, bans]
  }

  private static func hasColumn(_ column: String, of table: String, _ connection: Connection) throws -> Bool {
    let sql =
      switch connection.engine {
      case .sqlite: "SELECT 1 FROM pragma_table_info($1) WHERE name = $2"
      case .postgres:
        "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass($1::text) AND attname = $2 AND NOT attisdropped"
      }
    return try connection.queryRow(sql, [.text(table), .text(column)]) != nil
  }
}
