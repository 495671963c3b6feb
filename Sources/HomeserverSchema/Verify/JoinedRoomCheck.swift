import GradusJSON
import GradusSQL

/// Compares a room's row of `sliding_sync_joined_rooms`.
///
/// The row holds the current state, save in three cases that the way it came about decides: a redaction after the
/// event and a value that no column can hold leave an older value in a row kept by a live writer, and such a row's
/// position may count outliers and rejected events.
struct JoinedRoomCheck {
  let room: RoomEvidence

  private var key: VerificationReport.Key { .init(table: .joinedRooms, roomID: room.roomID) }

  func run(_ report: inout VerificationReport) {
    let isRequired = room.isServerIn && room.position != nil && hasUsableState
    if isRequired { report.rowsRequired += 1 }
    guard let row = room.joinedRow else {
      if isRequired { report.addMissing(key) }
      return
    }
    report.rowsCompared += 1
    guard room.isServerIn else {
      report.addSurplus(key)
      return
    }
    var comparison = RowComparison(key: key, row: row)
    comparison.expect("event_stream_ordering", positions)
    comparison.expect("bump_stamp", bumpStamps)
    for column in StateColumn.ofEvents { comparison.expect(column.rawValue, values(of: column)) }
    comparison.differences.forEach { report.add($0) }
  }

  /// A room whose readable state says nothing that any column could hold has no row until it does.
  private var hasUsableState: Bool {
    room.currentState.values.contains { id in
      room.stateEvents[JSONText(id)]?.values(isRedacted: false).contains { $0.1 != .unusable } ?? false
    }
  }

  private var positions: [SQLValue] {
    let newest = room.position ?? .min
    return [SQLValue(room.position)]
      + room.otherPositions.filter { $0.position > newest }.map { .integer($0.position) }
  }

  private var bumpStamps: [SQLValue] {
    let newest = room.bumpStamp ?? 0
    return [SQLValue(room.bumpStamp)]
      + room.otherPositions.filter { $0.bumps && $0.position > newest }.map { .integer($0.position) }
  }

  private func values(of column: StateColumn) -> [SQLValue] {
    guard let type = column.eventType else { return [] }
    guard let current = room.currentState[type] else {
      // A tombstone that a state reset takes away stays in a row kept by a live writer.
      let older = column == .successor ? lastUsableValues(of: column, type, before: nil) : []
      return [column.defaultValue] + older
    }
    guard let event = room.stateEvents[JSONText(current)] else {
      return [column.defaultValue] + lastUsableValues(of: column, type, before: current)
    }
    let values = self.values(of: event, column)
    if values.count == (event.redaction == nil ? 1 : 2) { return values }
    return [column.defaultValue] + values + lastUsableValues(of: column, type, before: current)
  }

  /// The usable ones of the values before and after the event's redaction.
  private func values(of event: RoomEvidence.StateEvent, _ column: StateColumn) -> [SQLValue] {
    let views = event.redaction == nil ? [false] : [true, false]
    return views.compactMap { isRedacted in
      let value = event.values(isRedacted: isRedacted).first { $0.0 == column }?.1
      if case .value(let value) = value { return value }
      return nil
    }
  }

  /// What the events before another one said, back to the newest that was usable when it came.
  private func lastUsableValues(of column: StateColumn, _ type: String, before event: String?) -> [SQLValue] {
    var history = room.changes.filter { $0.type == type }[...]
    if let event, let index = history.lastIndex(where: { $0.eventID == event }) {
      history = history[..<index]
    }
    var values: [SQLValue] = []
    for change in history.reversed() {
      guard let event = change.eventID.flatMap({ room.stateEvents[JSONText($0)] }) else { continue }
      values += self.values(of: event, column)
      // A redaction makes a useless value usable, but only for who reads the event after it.
      if event.values(isRedacted: false).contains(where: { $0.0 == column && $0.1 != .unusable }) { break }
    }
    return values
  }
}
