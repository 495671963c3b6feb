/// What a comparison of derived rows with the base tables found.
public struct VerificationReport: Sendable, Hashable {
  /// A table with derived rows.
  public enum Table: String, Sendable, Hashable {
    /// One row a joined room.
    case joinedRooms = "sliding_sync_joined_rooms"
    /// One row a room and local user.
    case membershipSnapshots = "sliding_sync_membership_snapshots"
  }

  /// The key of a row.
  public struct Key: Sendable, Hashable {
    /// The table.
    public var table: Table
    /// The room.
    public var roomID: String
    /// The user; nil in the table of rooms.
    public var userID: String?
  }

  /// A column that holds what it cannot hold.
  public struct Difference: Sendable, Hashable {
    /// The row.
    public var key: Key
    /// The column.
    public var column: String
    /// What would be right; several values where the way the row came about decides.
    public var expected: [String]
    /// What is there.
    public var found: String
  }

  /// How many rows were compared, of both tables.
  public internal(set) var rowsCompared = 0
  /// How many rows there should be.
  public internal(set) var rowsRequired = 0
  /// How many columns differ.
  public internal(set) var differenceCount = 0
  /// How many rows are missing.
  public internal(set) var missingCount = 0
  /// How many rows are there that should not be.
  public internal(set) var surplusCount = 0

  /// The first differences.
  public internal(set) var differences: [Difference] = []
  /// The first missing rows.
  public internal(set) var missing: [Key] = []
  /// The first surplus rows.
  public internal(set) var surplus: [Key] = []

  /// Whether missing rows count as wrong.
  public let mode: DerivedRowsVerifier.Mode
  /// How many entries each list holds at most.
  let limit: Int

  init(mode: DerivedRowsVerifier.Mode, limit: Int) {
    self.mode = mode
    self.limit = limit
  }

  /// Whether all is as the mode promises.
  public var isRight: Bool {
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
  public var description: String {
    var lines = [
      "\(rowsCompared) rows compared of \(rowsRequired): \(differenceCount) differences, \(missingCount) missing, "
        + "\(surplusCount) surplus"
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
  public var description: String { "\(table.rawValue) (\(roomID)\(userID.map { ", " + $0 } ?? ""))" }
}
