internal import CGradusSQLite
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
  /// Whether a file that is not in WAL mode stays so; to be changed that way is to be written.
  public private(set) var keepsJournal: Bool
  /// How long a statement waits for another process's lock, in milliseconds.
  public let busyTimeout: Int32

  /// SQLite.
  public var engine: Engine { .sqlite }
  /// The path.
  public var databaseName: String { path }
  /// A file beside the database; none for a database in memory, which nobody shares.
  public var lockFile: String? { isInMemory ? nil : resolvedPath + ".gradus-lock" }
  /// A folder beside the database; none for a database in memory.
  public var liveFolder: String? { isInMemory ? nil : resolvedPath + ".gradus-live" }

  private var isInMemory: Bool { path == ":memory:" || path.isEmpty }

  /// The path, which SQLite would take for something else where it begins with `file:`, and Foundation for a folder of a
  /// user's where it begins with `~`: one of them would open another file than the one that is locked.
  package var plainPath: String { isInMemory || path.hasPrefix("/") ? path : "./" + path }

  /// Whether a folder is where the file should be.
  var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Where the file itself is. What lies beside it is found from there, by SQLite too: by whichever symbolic link processes
  /// reach the file, they have to meet.
  private var resolvedPath: String { URL(filePath: plainPath).resolvingSymlinksInPath().path }

  /// - Parameters:
  ///   - path: the file.
  ///   - isReadOnly: open for reading only.
  ///   - createsFile: make a missing file.
  ///   - keepsJournal: leave a file that is not in WAL mode as it is.
  ///   - busyTimeout: how long to wait for another process's lock, in milliseconds.
  public init(
    path: String, isReadOnly: Bool = false, createsFile: Bool = true, keepsJournal: Bool = false,
    busyTimeout: Int32 = 10_000
  ) {
    self.path = path
    self.isReadOnly = isReadOnly
    self.createsFile = createsFile
    self.keepsJournal = keepsJournal
    self.busyTimeout = busyTimeout
  }

  /// The same, which leaves a file that is not in WAL mode as it is.
  package func keepingJournal() -> SQLiteDriver {
    var driver = self
    driver.keepsJournal = true
    return driver
  }

  /// Opens a connection: foreign keys on, WAL, double-quoted string literals off. A file in a folder that may not be
  /// written is opened for reading.
  ///
  /// - Throws: `SQLError`.
  public func open() throws -> any ConnectionBackend {
    guard sqlite3_libversion_number() >= 3_037_002 else {
      throw SQLError(
        .cannotConnect, "SQLite \(String(cString: sqlite3_libversion())) is too old",
        hint: "install SQLite 3.37.2 or later")
    }
    do {
      return try SQLiteConnection(self)
    } catch let error as SQLError where [.readOnly, .cannotConnect].contains(error.code) && isAtRest {
      return try SQLiteConnection(self, isImmutable: true)
    }
  }

  /// Whether nobody can be writing the file through this folder: it may not be written, and no log lies beside the file.
  /// SQLite does not know, and wants to make one even for reading.
  private var isAtRest: Bool {
    let folder = URL(filePath: resolvedPath).deletingLastPathComponent().path
    return access(path, R_OK) == 0 && !isFolder && access(folder, W_OK) != 0 && !hasLog
  }

  /// Whether a log lies beside the file: what has been written and is not in it yet, or is to be taken back.
  var hasLog: Bool { ["-wal", "-journal"].contains { access(resolvedPath + $0, F_OK) == 0 } }
}
