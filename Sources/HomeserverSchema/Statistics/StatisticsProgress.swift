import GradusJSON
import GradusSQL
import GradusUpdates

/// How far an update of statistics came, and how it was asked to work; what others wrote into it stays.
package struct StatisticsProgress: UpdateProgress, Equatable {
  private var object: JSONObject

  /// Reads a stored progress.
  package init(json: String) throws {
    guard let object = try JSONScanner.value(json).object else {
      throw HomeserverError(.unreadableProgress, "the progress is not an object")
    }
    self.object = object
    for key in Key.allCases { _ = try position(key) }
  }

  /// Compact, as the homeserver writes it, so that its own updater can go on from it.
  package var json: String { String(decoding: JSONValue.object(object).compact, as: UTF8.self) }

  enum Key: String, CaseIterable {
    case room = "last_room_id"
    case user = "last_user_id"
  }

  /// The last subject looked at; empty at first.
  func position(_ key: Key) throws -> String {
    switch object[JSONText(key.rawValue)] {
    case nil, .null: return ""
    case .string(let text):
      if let string = text.string { return string }
      fallthrough
    default: throw HomeserverError(.unreadableProgress, "'\(key.rawValue)' is of the wrong type")
    }
  }

  /// The same with another subject as the last looked at.
  func advanced(_ key: Key, to subject: String) -> StatisticsProgress {
    var next = self
    next.object[JSONText(key.rawValue)] = .string(JSONText(subject))
    return next
  }

  /// Whether subjects that have a row are left as they are; a wish that the homeserver's own updater does not know,
  /// which then computes all.
  var computesOnlyMissing: Bool { object["only_missing"] == .boolean(true) }

  /// Whether `guest_access` is computed too, for it was deleted.
  var computesGuestAccess: Bool { object["guest_access"] == .boolean(true) }

  /// The progress to begin with.
  static func initial(onlyMissing: Bool = false, guestAccess: Bool = false) -> String {
    let wishes = [("guest_access", guestAccess), ("only_missing", onlyMissing)].filter(\.1)
    return CompactJSON.object(wishes.map { ($0.0, "true") })
  }
}

extension StatisticsProgress {
  /// The range of the next subjects; nil where there are no more.
  ///
  /// - Parameters:
  ///   - key: which subjects.
  ///   - table: where they are.
  ///   - column: their ids, unique but for NULLs.
  ///   - rows: how many subjects the range should have.
  func nextRange(
    _ key: Key, of table: String, _ column: String, rows: Int, on connection: Connection
  ) throws -> UpdateRange<StatisticsProgress>? {
    let row = try connection.queryRow(
      """
      SELECT max(s.id), count(*) FROM (
        SELECT \(column) AS id FROM \(table) WHERE \(column) > $1 ORDER BY \(column) LIMIT $2
      ) AS s
      """, [.text(try position(key)), SQLValue(rows)])
    guard let row, let end = row[0].text else { return nil }
    return UpdateRange(start: self, end: advanced(key, to: end), rows: Int(try row.integer(1)))
  }
}
