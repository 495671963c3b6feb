/// What the homeserver refuses or finds wrong.
public struct HomeserverError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of errors.
  public enum Code: String, Sendable {
    /// There is no such room.
    case roomMissing
    /// The server has no user in the room, so it cannot send anything there.
    case notInRoom
    /// The server is in the room, so a membership from outside makes no sense.
    case alreadyInRoom
    /// The database holds data already.
    case notEmpty
    /// A derived row that must be there at this version is missing.
    case derivedRowMissing
    /// A key, or the file of a key, is not of its form.
    case unusableKey
    /// What the program must be told for this work.
    case notConfigured
    /// A table of a job's earlier part is not there.
    case stagingTableMissing
    /// Rows that are done could not be taken off the table of a job's earlier part.
    case stagingRowsStay
    /// A table that the schema has is not there.
    case tableMissing
    /// The user directory has no position from which it is kept.
    case positionMissing
    /// An update's progress is not of its form.
    case unreadableProgress
    /// There are no statistics of a room or user.
    case noStatistics
    /// The database has no history of statistics.
    case noHistory
    /// A range of time is empty or too long.
    case invalidRange
  }

  /// The kind.
  public var code: Code
  /// What it is about.
  public var description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
