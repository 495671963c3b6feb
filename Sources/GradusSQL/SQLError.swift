/// An error of a database or of the way to it.
///
/// `description` names the engine's own code, the statement and where in it the error lies. It never holds parameter
/// values nor a password; `detail`, which on PostgreSQL may quote a row, is left out of it.
public struct SQLError: Error, Sendable {
  /// What kind of error this is, for programs to decide on.
  public var code: Code
  /// The message of the engine or of Gradus.
  public var message: String
  /// PostgreSQL's SQLSTATE, five characters.
  public var sqlState: String?
  /// SQLite's extended result code.
  public var extendedCode: Int32?
  /// PostgreSQL's detail; may quote values of rows, so it is for the eyes of the caller only.
  public var detail: String?
  /// Where in the database's functions and blocks the statement was that failed, the innermost first.
  public var context: String?
  /// What the engine or Gradus suggests.
  public var hint: String?
  /// The SQL that failed.
  public var statement: String?
  /// Where in `statement` (or, from a script, in the script) the error lies.
  public var position: SourcePosition?
  /// The configured name of the database, where there are several.
  public var database: String?
  /// The row of a COPY's data that the error is about, counted from 1.
  public var copyRow: Int?
  /// The column of that row.
  public var copyColumn: String?

  /// - Parameters:
  ///   - code: the kind.
  ///   - message: the engine's message or ours; no parameter values, no password.
  ///   - sqlState: SQLSTATE where the engine is PostgreSQL.
  ///   - extendedCode: extended result code where the engine is SQLite.
  ///   - hint: what to do next.
  ///   - statement: the SQL that failed.
  ///   - position: where in it.
  public init(
    _ code: Code, _ message: String, sqlState: String? = nil, extendedCode: Int32? = nil, hint: String? = nil,
    statement: String? = nil, position: SourcePosition? = nil
  ) {
    self.code = code
    self.message = message
    self.sqlState = sqlState
    self.extendedCode = extendedCode
    self.hint = hint
    self.statement = statement
    self.position = position
  }

  /// Kinds of errors, common to both engines.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The server or file cannot be reached or opened.
    case cannotConnect
    /// The connection broke. What ran is rolled back; a transaction whose commit was not acknowledged may or may not be
    /// there.
    case connectionLost
    /// The connection settings cannot be read.
    case invalidConfiguration
    /// Another process holds a lock for longer than allowed (`SQLITE_BUSY`, 55P03).
    case lockTimeout
    /// The statement ran for longer than allowed (57014 by timeout).
    case statementTimeout
    /// The task was cancelled.
    case cancelled
    /// Two transactions wait for each other (40P01).
    case deadlock
    /// The transaction must be run again (40001, `SQLITE_BUSY_SNAPSHOT`).
    case serializationFailure
    /// The SQL cannot be parsed.
    case syntax
    /// A table, column, function or other thing that the SQL names does not exist.
    case undefinedObject
    /// A thing that the SQL makes exists already.
    case duplicateObject
    /// A unique or primary key would be violated.
    case uniqueViolation
    /// A foreign key would be violated.
    case foreignKeyViolation
    /// NULL where it is forbidden.
    case notNullViolation
    /// A CHECK constraint would be violated.
    case checkViolation
    /// The database or the transaction is read-only.
    case readOnly
    /// The role lacks the right.
    case permissionDenied
    /// The disk is full or a size limit is reached.
    case diskFull
    /// The file is damaged or is no database.
    case corrupt
    /// A statement that is not allowed here, such as COMMIT within a delta.
    case forbiddenStatement
    /// A value of another type than expected.
    case unexpectedValue
    /// Anything else.
    case other
  }
}

extension SQLError.Code {
  /// What to do next, where the error has no better hint.
  package var advice: String? {
    switch self {
    case .cannotConnect:
      "check that the server runs and that the address, the role and the password are right"
    case .readOnly: "the database is read-only here; connect to the primary, or mend the file's rights"
    case .permissionDenied:
      "grant the role the right that is missing, or connect as the role that owns the tables, which migrating needs"
    case .diskFull: "free some space and run again: what was under way is rolled back"
    case .connectionLost: "run again: what was under way is rolled back, or goes on where it was"
    case .lockTimeout: "another session held a lock for too long; run again when it is done"
    case .deadlock, .serializationFailure:
      "other sessions were in the way; run again when there is less going on"
    case .statementTimeout:
      "a limit to how long statements may run is in force; run with a higher one, in PostgreSQL's address by "
        + AddressSetting.advice("statement_timeout", "10min")
    default: nil
    }
  }

  /// Whether the error is one of the database's surroundings: it says nothing of the statement that met it, and goes when
  /// somebody has mended them.
  package var isOfSurroundings: Bool {
    switch self {
    case .diskFull, .readOnly, .cannotConnect, .connectionLost: true
    default: false
    }
  }

  /// Whether the error is the statement's own: it was not in another session's way, nor stopped, nor cut off with its
  /// connection, so that there is something about it to mend.
  package var isOfStatement: Bool { !isTransient && self != .cancelled && self != .connectionLost }

  /// Whether running the same transaction again may succeed without anybody's doing.
  public var isTransient: Bool {
    switch self {
    case .lockTimeout, .deadlock, .serializationFailure: true
    default: false
    }
  }
}

extension SQLError: CustomStringConvertible {
  /// The database's name where there are several, the message with the engine's code, the position and the statement's
  /// first line.
  public var description: String {
    var text = (database.map { "database '\($0)': " } ?? "") + message
    if let sqlState { text += " [SQLSTATE \(sqlState)]" }
    if let extendedCode { text += " [SQLite \(extendedCode)]" }
    if let position { text += " at line \(position.line), column \(position.column)" }
    if let statement { text += "\n  statement: \(Self.shortened(statement))" }
    if let context { text += "\n  in: \(context)" }
    if let hint = hint ?? code.advice { text += "\n  hint: \(hint)" }
    return text
  }

  /// One line of at most 160 characters.
  package static func shortened(_ statement: String) -> String {
    // Read no further than it takes: a statement may be as long as a file.
    var (line, rest) = ("", statement[...])
    while line.count <= 160 {
      rest = rest.drop(while: \.isWhitespace)
      guard !rest.isEmpty else { return line }
      let word = rest.prefix(161).prefix { !$0.isWhitespace }
      if !line.isEmpty { line += " " }
      line.append(contentsOf: word)
      rest = rest[word.endIndex...]
    }
    return line.prefix(157) + "..."
  }
}
