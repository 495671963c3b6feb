internal import CGradusLibpq
import GradusSQL

extension SQLError {
  /// The error of a result.
  ///
  /// - Parameters:
  ///   - result: a failed result.
  ///   - connection: the connection, whose state tells a lost one.
  ///   - wasInterrupted: whether we asked the server to cancel.
  ///   - settings: knows what to leave out of libpq's own messages.
  init(
    postgres result: PostgresResult, connection: OpaquePointer, wasInterrupted: Bool,
    settings: ConnectionSettings
  ) {
    let state = result.errorField(.sqlState)
    let message = result.errorField(.message) ?? settings.redacted(result.fullMessage)
    let isFatal = ["FATAL", "PANIC"].contains(result.errorField(.severity))
    // An error that is not the server's answer. Where it came of writing, libpq has not yet noticed that the connection is
    // gone; it does when it next reads.
    if state == nil { _ = PQconsumeInput(connection) }
    let code: Code =
      if PQstatus(connection) == CONNECTION_BAD || isFatal {
        .connectionLost
      } else if state == "57014" {
        wasInterrupted || message.contains("user request") ? .cancelled : .statementTimeout
      } else {
        Code(
          sqlState: state ?? "", message: message, function: result.errorField(.sourceFunction) ?? "")
      }
    // Its "Check free disk space." would stand in place of our advice, which goes further.
    self.init(code, message, sqlState: state, hint: code == .diskFull ? nil : result.errorField(.hint))
    // Messages about values quote them.
    if let state, QuotedValue.isExpected(in: state) {
      self.message = QuotedValue.removed(from: self.message)
      hint = hint.map(QuotedValue.removed)
    }
    // What nothing closes is quoted up to the end of the script.
    if code == .syntax { self.message = Self.shortened(self.message) }
    detail = result.errorField(.detail)
    context = Self.places(in: result.errorField(.context))
  }

  /// The places in PL/pgSQL that led to an error: their lines are those of the body. All else of the server's context may
  /// quote values of rows. A recursion has thousands of them.
  private static func places(in context: String?) -> String? {
    let places = (context ?? "").split(separator: "\n").filter { $0.hasPrefix("PL/pgSQL function ") }
    return places.isEmpty ? nil : places.prefix(5).joined(separator: ", ")
  }
}

extension SQLError {
  /// What to do about a connection that a server refused, by libpq's message, which has no SQLSTATE; nil for the general
  /// advice.
  static func hint(onConnecting message: String) -> String? {
    func says(_ words: String...) -> Bool { words.allSatisfy(message.contains) }
    if says("too many clients") || says("connection slots are reserved") || says("too many connections") {
      return
        "the server takes no more connections: end some, raise the limit (max_connections, or CONNECTION LIMIT "
        + "of the role or the database), or go through a pooler"
    }
    if says(#"database ""#, "does not exist") { return "make it by CREATE DATABASE, or mend the address" }
    if says(#"role ""#, "does not exist") {
      return
        "make it by CREATE ROLE, or mend the address: where that names no role, the system's user is meant"
    }
    if says("password authentication failed") || says("no password supplied") {
      return "mend the password of the address, of PGPASSWORD or of the password file"
    }
    if says("server does not support SSL") {
      return "leave 'sslmode' out of the address, or let the server encrypt"
    }
    if says("no pg_hba.conf entry") {
      return
        "the server's pg_hba.conf does not let the role in so: it may want 'sslmode=require', another address or a rule"
    }
    return nil
  }
}

extension SQLError.Code {
  /// The server's functions that make a file longer.
  private static let growing: Set<String> = ["mdextend", "mdzeroextend", "BufFileDumpBuffer"]

  /// The kind behind a SQLSTATE; 57014 is told apart by its cause.
  ///
  /// - Parameters:
  ///   - sqlState: the SQLSTATE.
  ///   - message: what the server says.
  ///   - function: the server's function that says it.
  init(sqlState: String, message: String, function: String = "") {
    switch sqlState {
    case "55P03": self = .lockTimeout
    case "40P01": self = .deadlock
    case "40001": self = .serializationFailure
    case "42601": self = .syntax
    case "42P01", "42703", "42883", "42704", "42P02", "3F000", "3D000": self = .undefinedObject
    case "42P07", "42701", "42710", "42P06", "42P04", "42723": self = .duplicateObject
    // 23P01, an exclusion constraint, is a unique key in a wider sense.
    case "23505", "23P01": self = .uniqueViolation
    case "23503", "23001": self = .foreignKeyViolation
    case "23502": self = .notNullViolation
    // P0001: RAISE in a trigger, by which schemas write checks over several rows.
    case "23514", "44000", "P0001": self = .checkViolation
    case "25006": self = .readOnly
    // On a standby.
    case "0A000" where message.contains("during recovery"): self = .readOnly
    case "42501": self = .permissionDenied
    // 53400 is a limit that the server's configuration sets, such as to temporary files.
    case "53100", "53400": self = .diskFull
    // A quota, or a limit to the size of files, has no SQLSTATE of its own.
    case "XX000" where Self.growing.contains(function): self = .diskFull
    case "XX001", "XX002": self = .corrupt
    case "22P02", "42804": self = .unexpectedValue
    case "57P01", "57P02", "57P03", "57P04", "57P05", "25P03": self = .connectionLost
    // A wrong number of parameters; the connection is sound.
    case "08P01": self = .other
    case let state where state.hasPrefix("08"): self = .connectionLost
    default: self = .other
    }
  }
}
