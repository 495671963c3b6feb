import GradusJSON
import GradusSQL

/// Compares a local user's row of `sliding_sync_membership_snapshots` for one room.
struct SnapshotCheck {
  let room: RoomEvidence
  let user: JSONText
  /// The user's memberships up to the one of now, which is the last.
  let history: [RoomEvidence.MemberEvent]

  private var key: VerificationReport.Key {
    Self.key(room, user)
  }

  private static func key(_ room: RoomEvidence, _ user: JSONText) -> VerificationReport.Key {
    .init(table: .membershipSnapshots, roomID: room.roomID, userID: user.string)
  }

  /// Compares all rows of a room.
  static func run(_ room: RoomEvidence, _ report: inout VerificationReport) {
    for (user, current) in room.memberships.sorted(by: { $0.key < $1.key }) {
      let events = room.memberEvents[user] ?? []
      // Memberships without a whole event, and those of rooms of unknown versions, have no defined row.
      guard !room.isOfUnknownVersion, let end = events.firstIndex(where: { $0.eventID == current }),
        events[end].isComplete
      else { continue }
      SnapshotCheck(room: room, user: user, history: Array(events[...end])).run(&report)
    }
    for user in room.snapshots.keys.sorted() where room.memberships[user] == nil {
      report.rowsCompared += 1
      report.addSurplus(key(room, user))
    }
  }

  private func run(_ report: inout VerificationReport) {
    guard let event = history.last else { return }
    let possible = SnapshotPossibilities(room: room, user: user, history: history)
    let computed = possible.computed(history.count - 1)
    if !computed.isEmpty { report.rowsRequired += 1 }
    guard let row = room.snapshots[user] else {
      if !computed.isEmpty { report.addMissing(key) }
      return
    }
    report.rowsCompared += 1
    var comparison = RowComparison(key: key, row: row)
    comparison.expect("sender", [SQLValue(event.sender)])
    comparison.expect("membership_event_id", [.text(event.eventID)])
    comparison.expect("membership", [.text(event.membership)])
    comparison.expect("forgotten", [.integer(event.forgotten)])
    comparison.expect("event_stream_ordering", [.integer(event.position)])
    // A live writer leaves the name of the process that wrote the first membership.
    comparison.expect("event_instance_name", history.map { .text($0.instance) })
    // The columns of a row for another membership than the one of now would be measured by the wrong state.
    if row["membership_event_id"].text == event.eventID { compareState(&comparison, possible, computed) }
    comparison.differences.forEach { report.add($0) }
  }

  /// All state columns together must be those of one moment; of a row that fits none, the columns in which it differs
  /// from the nearest are reported.
  private func compareState(
    _ comparison: inout RowComparison, _ possible: SnapshotPossibilities, _ computed: [StateColumns]
  ) {
    let row = comparison.row
    let found = StateColumns(
      uniqueKeysWithValues: StateColumn.allCases.map {
        ($0, RowComparison.comparable(row[$0.rawValue], like: [$0.defaultValue]))
      })
    if computed.contains(found) { return }
    let all = possible.all(history.count - 1)
    guard !all.contains(found) else { return }
    func distance(_ columns: StateColumns) -> Int { columns.count { found[$0.key] != $0.value } }
    guard let nearest = all.min(by: { distance($0) < distance($1) }) else { return }
    for column in StateColumn.allCases {
      comparison.expect(column.rawValue, [nearest[column] ?? column.defaultValue])
    }
  }
}
