internal import CSQLite
import Foundation
public import GradusSQL

/// Opens connections to a SQLite file.
public struct SQLiteDriver: Driver {
  /// Where the file is; `:memory:` is a private database in memory.
  public let path: String
  /// Whether the file is opened for reading only.
  public let isReadOnly: Bool
  /// Whether a missing file is made.
  public let createsFile: Bool
  /// How long a statement waits for another process's lock, in milliseconds.
  public let busyTimeout: Int32

  /// SQLite.
  public var engine: Engine { .sqlite }
  /// The path.
  public var databaseName: String { path }
  /// A file beside the database; none for a database in memory, which nobody shares.
  public var lockFile: String? { path == ":memory:" || path.isEmpty ? nil : path + ".gradus-lock" }

  /// A folder beside the database, which by a symbolic link is the same; none for a database in memory.
  public var liveFolder: String? {
    guard lockFile != nil else { return nil }
    return URL(filePath: path).resolvingSymlinksInPath().path + ".gradus-live"
  }

  /// - Parameters:
  ///   - path: the file.
  ///   - isReadOnly: open for reading only.
  ///   - createsFile: make a missing file.
  ///   - busyTimeout: how long to wait for another process's lock, in milliseconds.
  public init(path: String, isReadOnly: Bool = false, createsFile: Bool = true, busyTimeout: Int32 = 10_000) {
    self.path = path
    self.isReadOnly = isReadOnly
    self.createsFile = createsFile
    self.busyTimeout = busyTimeout
  }

  /// Opens a connection: foreign keys on, WAL, double-quoted string literals off.
  ///
  /// - Throws: `SQLError`.
  public func open() throws -> any ConnectionBackend {
    guard sqlite3_libversion_number() >= 3_037_002 else {
      throw SQLError(
        .cannotConnect, "SQLite \(String(cString: sqlite3_libversion())) is too old",
        hint: "install SQLite 3.37.2 or later")
    }
    return try SQLiteConnection(self)
  }
}
