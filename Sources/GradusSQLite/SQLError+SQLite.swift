internal import CGradusSQLite
import Foundation
import GradusSQL

extension SQLError {
  /// The error that a connection reports.
  ///
  /// - Parameters:
  ///   - database: the connection, or nil where it could not even be made.
  ///   - code: the (extended) result code.
  ///   - statement: the SQL.
  init(sqlite database: OpaquePointer?, code: Int32, statement: String? = nil) {
    let extended = database.map { sqlite3_extended_errcode($0) } ?? code
    let message = String(cString: database.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
    let kind = Code(
      sqlite: extended, message: message, systemError: database.map { sqlite3_system_errno($0) } ?? 0)
    self.init(
      // What nothing closes is quoted up to the end of the script.
      kind, kind == .syntax ? Self.shortened(message) : message, extendedCode: extended,
      hint: Self.hint(sqlite: extended), statement: statement)
    if let statement, let database, case let offset = Int(gradus_sqlite3_error_offset(database)), offset >= 0
    {
      position = SourcePosition(utf8Offset: offset, in: statement)
    }
  }
}

extension SQLError {
  /// SQLite itself has no transaction that reads only.
  static let inReadTransaction = SQLError(
    .readOnly, "the statement writes, in a transaction that reads only", hint: "open the transaction to write"
  )

  /// What to do about a file that is at fault itself.
  private static func hint(sqlite extended: Int32) -> String? {
    switch extended & 0xFF {
    case SQLITE_CORRUPT:
      "the file is damaged: put back a backup, or save what can be read by the command '.recover' of sqlite3"
    case SQLITE_NOTADB:
      "the file is no SQLite database, or an encrypted one: see whether the address is right"
    default: nil
    }
  }
}

extension SQLError.Code {
  /// The kind behind an extended result code; SQLite's plain `SQLITE_ERROR` is told apart by its message.
  ///
  /// - Parameters:
  ///   - extended: the code.
  ///   - message: what SQLite says.
  ///   - systemError: what `errno` was where the system has refused something.
  init(sqlite extended: Int32, message: String, systemError: Int32 = 0) {
    // SQLite's header spells the extended codes as expressions, which Swift cannot import: base | number << 8.
    switch extended {
    case SQLITE_CONSTRAINT | 3 << 8: self = .foreignKeyViolation
    // 7: RAISE in a trigger, by which SQLite schemas write checks over several rows.
    case SQLITE_CONSTRAINT | 1 << 8, SQLITE_CONSTRAINT | 7 << 8: self = .checkViolation
    case SQLITE_CONSTRAINT | 5 << 8: self = .notNullViolation
    case SQLITE_CONSTRAINT | 6 << 8, SQLITE_CONSTRAINT | 8 << 8, SQLITE_CONSTRAINT | 10 << 8:
      self = .uniqueViolation
    case SQLITE_BUSY | 2 << 8: self = .serializationFailure
    // The file of shared memory beside the database could not grow.
    case SQLITE_IOERR | 19 << 8: self = .diskFull
    // 3: a write that a quota, or a limit to the size of files, does not let through.
    case SQLITE_IOERR | 3 << 8 where [EDQUOT, EFBIG, ENOSPC].contains(systemError): self = .diskFull
    default:
      switch extended & 0xFF {
      // The last: so many began to read the log at the same time that for seconds this one could not.
      case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: self = .lockTimeout
      case SQLITE_INTERRUPT: self = .cancelled
      case SQLITE_READONLY: self = .readOnly
      case SQLITE_PERM, SQLITE_AUTH: self = .permissionDenied
      case SQLITE_FULL: self = .diskFull
      case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt
      case SQLITE_CANTOPEN: self = .cannotConnect
      case SQLITE_ERROR: self = Self(sqliteMessage: message)
      default: self = .other
      }
    }
  }

  private init(sqliteMessage message: String) {
    if message.hasPrefix("no such") || message.contains("has no column named") {
      self = .undefinedObject
    } else if message.contains("syntax error") || message.hasPrefix("incomplete input")
      || message.hasPrefix("unrecognized token")
    {
      self = .syntax
    } else if message.contains("already exists") || message.hasPrefix("duplicate column") {
      self = .duplicateObject
    } else {
      self = .other
    }
  }
}
