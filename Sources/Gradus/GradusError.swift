public import GradusSQL

/// An error of the schema tree, the ledger, a plan or its execution.
///
/// `description` names the file, line and statement where there is one, and what to do next.
public struct GradusError: Error, Sendable {
  /// What kind of error this is, for programs to decide on.
  public var code: Code
  /// What is wrong.
  public var message: String
  /// The configured name of the database that it is about, where there are several.
  public var database: String?
  /// The file that it is about, as the user knows it.
  public var file: String?
  /// Where in the file.
  public var position: SourcePosition?
  /// The statement that it is about.
  public var statement: String?
  /// What to do next.
  public var hint: String?
  /// The database's error behind it.
  public var cause: SQLError?

  /// - Parameters:
  ///   - code: the kind.
  ///   - message: what is wrong.
  ///   - file: the file that it is about.
  ///   - position: where in it.
  ///   - statement: the statement that it is about.
  ///   - hint: what to do next.
  ///   - cause: the database's error behind it.
  public init(
    _ code: Code, _ message: String, file: String? = nil, position: SourcePosition? = nil,
    statement: String? = nil,
    hint: String? = nil, cause: SQLError? = nil
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.position = position
    self.statement = statement
    self.hint = hint
    self.cause = cause
  }

  /// Kinds of errors.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The ledger, an updates file or the configuration cannot be read.
    case invalidFile
    /// The schema tree is incomplete or contradicts itself.
    case invalidTree
    /// The database's compat version is above the application's version.
    case databaseTooNew
    /// The deltas that would upgrade the database have been squashed.
    case databaseTooOld
    /// What is new would come into another schema of the database than what is there.
    case wrongSchema
    /// A worker, or a process that serves without migrating, met a database that the main process has to prepare first.
    case workerMayNotMigrate
    /// A delta that runs outside a transaction was started and is not recorded: it was interrupted. Without the lock of
    /// migrations it cannot be told from one that is running.
    case interruptedDelta
    /// A delta failed, or what is made beside it, such as a guard. Nothing of it remains, unless it runs outside a
    /// transaction.
    case deltaFailed
    /// A step met locks or conflicts at each of its attempts; nothing of it remains.
    case stepFailed
    /// Another process migrates this database and did not finish in time.
    case lockTimeout
    /// The right to migrate was lost with the connection that held it.
    case lockLost
    /// Processes of versions that the migration shuts out still run.
    case versionsStillRunning
    /// Updates that have to be complete are not.
    case updatesPending
    /// No update of this name is known.
    case unknownUpdate
    /// No job of this name is known.
    case unknownJob
    /// What was to be queued is queued already.
    case alreadyQueued
  }
}

extension GradusError: CustomStringConvertible {
  /// The database's name where there are several, `file:line:column: message`, then the statement, the cause and the hint.
  public var description: String {
    var text = database.map { "database '\($0)': " } ?? ""
    if let file {
      text += file
      if let position { text += ":\(position.line):\(position.column)" }
      text += ": "
    }
    text += message
    if let cause {
      text += ": \(cause.message)"
      if let state = cause.sqlState { text += " [SQLSTATE \(state)]" }
      if let code = cause.extendedCode { text += " [SQLite \(code)]" }
    }
    if let statement = statement ?? cause?.statement {
      text += "\n  statement: \(SQLError.shortened(statement))"
    }
    if let context = cause?.context { text += "\n  in: \(context)" }
    if let hint = hint ?? cause?.hint ?? cause?.code.advice { text += "\n  hint: \(hint)" }
    return text
  }
}
