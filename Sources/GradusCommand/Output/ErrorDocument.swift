import ArgumentParser
import Gradus
import GradusPort
import GradusSQL

/// The JSON of an error, each a line on standard error.
struct ErrorDocument: Encodable {
  struct Item: Encodable {
    /// A kind of `GradusError` or of `SQLError`.
    var code: String
    var message: String
    /// The kind of the database's error behind it.
    var cause: String?
    var hint: String?
    /// Where in the database's functions and blocks the statement was.
    var context: String?
    var database: String?
    var file: String?
    /// Where in the file; in the statement or script where there is none.
    var line: Int?
    var column: Int?
    var statement: String?
    var sqlstate: String?
    var sqliteCode: Int32?
    /// What the command ends with.
    var exitCode: Int32 = 0

    enum CodingKeys: String, CodingKey {
      case code, message, cause, hint, context, database, file, line, column, statement, sqlstate
      case sqliteCode = "sqlite_code"
      case exitCode = "exit_code"
    }
  }

  var format = 1
  var error: Item

  init(_ error: any Error, exitCode: ExitCode) {
    self.error =
      switch error {
      case let error as GradusError: Item(error)
      case let error as SQLError: Item(error)
      case let error as ScriptError: Item(error.error)
      case let error as PortRefused:
        Item(
          code: Self.other, message: "cannot port: \(error.reasons.joined(separator: "; "))",
          hint: error.hint)
      case is CancellationError: Item(code: SQLError.Code.cancelled.rawValue, message: "\(error)")
      default: Item(code: Self.other, message: "\(error)")
      }
    self.error.exitCode = exitCode.rawValue
  }

  private static let other = SQLError.Code.other.rawValue
}

extension ErrorDocument.Item {
  /// What its `description` says, each by itself.
  fileprivate init(_ error: GradusError) {
    let cause = error.cause
    self.init(
      code: error.code.rawValue, message: error.message + (cause.map { ": \($0.message)" } ?? ""),
      cause: cause?.code.rawValue, hint: error.hint ?? cause?.hint ?? cause?.code.advice,
      context: cause?.context, database: error.database, file: error.file)
    if error.file != nil { (line, column) = (error.position?.line, error.position?.column) }
    statement = (error.statement ?? cause?.statement).map(SQLError.shortened)
    (sqlstate, sqliteCode) = (cause?.sqlState, cause?.extendedCode)
  }

  fileprivate init(_ error: SQLError) {
    self.init(
      code: error.code.rawValue, message: error.message, hint: error.hint ?? error.code.advice,
      context: error.context, database: error.database, line: error.position?.line,
      column: error.position?.column, statement: error.statement.map(SQLError.shortened),
      sqlstate: error.sqlState, sqliteCode: error.extendedCode)
  }
}
