/// What a comparison of derived rows with the base tables found.
package struct VerificationReport: Sendable, Hashable {
  /// A table with derived rows.
  package enum Table: String, Sendable, Hashable {
    /// One row a joined room.
    case joinedRooms = "sliding_sync_joined_rooms"
    /// One row a room and local user.
    case membershipSnapshots = "sliding_sync_membership_snapshots"
  }

  /// The key of a row.
  package struct Key: Sendable, Hashable {
    /// The table.
    package var table: Table
    /// The room.
    package var roomID: String
    /// The user; nil in the table of rooms.
    package var userID: String?
  }

  /// A column that holds what it cannot hold.
  package struct Difference: Sendable, Hashable {
    /// The row.
    package var key: Key
    /// The column.
    package var column: String
    /// What would be right; several values where the way the row came about decides.
    package var expected: [String]
    /// What is there.
    package var found: String
  }

  /// How many rows were compared, of both tables.
  package internal(set) var rowsCompared = 0
  /// How many rows there should be.
  package internal(set) var rowsRequired = 0
  /// How many columns differ.
  package internal(set) var differenceCount = 0
  /// How many rows are missing.
  package internal(set) var missingCount = 0
  /// How many rows are there that should not be.
  package internal(set) var surplusCount = 0
  /// How many rooms and memberships were passed over, as an id of theirs is bytes, no text.
  package internal(set) var passedOverCount = 0

  /// The first differences.
  package internal(set) var differences: [Difference] = []
  /// The first missing rows.
  package internal(set) var missing: [Key] = []
  /// The first surplus rows.
  package internal(set) var surplus: [Key] = []

  /// Whether missing rows count as wrong.
  package let mode: DerivedRowsVerifier.Mode
  /// How many entries each list holds at most.
  let limit: Int

  init(mode: DerivedRowsVerifier.Mode, limit: Int) {
    self.mode = mode
    self.limit = limit
  }

  /// Whether all is as the mode promises.
  package var isRight: Bool {
    differenceCount == 0 && surplusCount == 0 && (missingCount == 0 || mode == .existingRowsAreRight)
  }

  mutating func add(_ difference: Difference) {
    differenceCount += 1
    if differences.count < limit { differences.append(difference) }
  }

  mutating func addMissing(_ key: Key) {
    missingCount += 1
    if missing.count < limit { missing.append(key) }
  }

  mutating func addSurplus(_ key: Key) {
    surplusCount += 1
    if surplus.count < limit { surplus.append(key) }
  }
}

extension VerificationReport: CustomStringConvertible {
  /// The counts on the first line, then what is wrong, a line each.
  package var description: String {
    var lines = [
      "\(rowsCompared) rows compared of \(rowsRequired): \(differenceCount) differences, \(missingCount) missing, "
        + "\(surplusCount) surplus" + (passedOverCount > 0 ? ", \(passedOverCount) passed over" : "")
    ]
    lines += differences.map {
      "\($0.key): \($0.column) is \($0.found), expected \($0.expected.joined(separator: " or "))"
    }
    lines += missing.map { "\($0): missing" }
    lines += surplus.map { "\($0): surplus" }
    return lines.joined(separator: "\n")
  }
}

extension VerificationReport.Key: CustomStringConvertible {
  /// Table and key.
  package var description: String { "\(table.rawValue) (\(roomID)\(userID.map { ", " + $0 } ?? ""))" }
}
