internal import CGradusSQLite
import GradusSQL

/// A text of several statements.
struct SQLiteScript {
  private let text: String

  init(_ text: String) { self.text = text }

  /// Prepares and runs statement after statement, as later ones may need what earlier ones made.
  ///
  /// - Parameters:
  ///   - database: SQLite's connection.
  ///   - authorizer: that of the connection.
  ///   - clock: limits how long each of them may run.
  ///   - readsOnly: whether one that writes is refused.
  func run(
    on database: OpaquePointer, _ authorizer: Authorizer, _ clock: StatementClock, readsOnly: Bool
  ) throws {
    try refuseNUL()
    // With its terminator, so that SQLite need not copy the rest of the script for each statement.
    try text.utf8CString.withUnsafeBufferPointer { characters in
      guard let start = characters.baseAddress else { return }
      let end = characters.count - 1
      var offset = 0
      var ordinal = 1
      while offset < end {
        clock.start()
        var handle: OpaquePointer?
        var tail: UnsafePointer<CChar>?
        let rest = start + offset
        var code = sqlite3_prepare_v3(database, rest, Int32(characters.count - offset), 0, &handle, &tail)
        defer { sqlite3_finalize(handle) }
        if code == SQLITE_OK && handle != nil {
          let next = tail.map { $0 - start }
          try refuseParameters(of: handle, start: offset, end: next, ordinal)
          guard !readsOnly || SQLiteStatement.isReadOnly(handle) else {
            throw placed(.inReadTransaction, start: offset, end: next, ordinal: ordinal)
          }
          authorizer.running(isVacuum: Self.isVacuum(handle)) {
            repeat { code = sqlite3_step(handle) } while code == SQLITE_ROW
          }
        }
        guard code == SQLITE_OK || code == SQLITE_DONE else {
          throw error(database, code: code, start: offset, end: tail.map { $0 - start }, ordinal: ordinal)
        }
        offset = tail.map { $0 - start } ?? end
        if handle != nil { ordinal += 1 }
      }
    }
  }

  /// SQLite would take it for the end of the script.
  private func refuseNUL() throws {
    guard !text.utf8.contains(0) else {
      throw ScriptError(error: SQLError(.syntax, "the script holds the character U+0000"), ordinal: 1)
    }
  }

  /// SQLite would take them for NULL.
  private func refuseParameters(of statement: OpaquePointer?, start: Int, end: Int?, _ ordinal: Int) throws {
    guard sqlite3_bind_parameter_count(statement) > 0 else { return }
    let name = sqlite3_bind_parameter_name(statement, 1).map { String(cString: $0) } ?? "?"
    let error = SQLError(
      .syntax, "'\(name)' is a parameter, and a script gives it no value",
      hint: UnboundParameter.advice(name))
    throw placed(error, start: start, end: end, ordinal: ordinal)
  }

  private static func isVacuum(_ statement: OpaquePointer?) -> Bool {
    guard let sql = sqlite3_sql(statement) else { return false }
    let bytes = Array(String(cString: sql).utf8)
    let word = bytes[SQLiteText.firstToken(bytes, from: 0)...].prefix(6).map { $0 | 0x20 }
    return word.elementsEqual("vacuum".utf8)
  }

  /// Prepares each statement, and runs none. A table that an earlier statement would make is missing here, which is
  /// no error of the script.
  func check(on database: OpaquePointer) throws {
    try refuseNUL()
    let bytes = Array(text.utf8)
    var offset = 0
    var ordinal = 1
    while offset < bytes.count {
      let end = SQLiteText.endOfStatement(bytes, from: SQLiteText.firstToken(bytes, from: offset))
      var handle: OpaquePointer?
      let code = sqlite3_prepare_v3(
        database, String(decoding: bytes[offset..<end], as: UTF8.self), -1, 0, &handle, nil)
      defer { sqlite3_finalize(handle) }
      // Where in the script it is costs a pass over all of it, and most errors here are of tables yet to be made.
      if code != SQLITE_OK,
        [.syntax, .permissionDenied].contains(SQLError(sqlite: database, code: code).code)
      {
        throw error(database, code: code, start: offset, end: end, ordinal: ordinal)
      }
      if code == SQLITE_OK { try refuseParameters(of: handle, start: offset, end: end, ordinal) }
      if code != SQLITE_OK || handle != nil { ordinal += 1 }
      offset = end
    }
  }

  private func error(_ database: OpaquePointer, code: Int32, start: Int, end: Int?, ordinal: Int)
    -> ScriptError
  {
    placed(
      SQLError(sqlite: database, code: code), at: Int(gradus_sqlite3_error_offset(database)), start: start,
      end: end, ordinal: ordinal)
  }

  /// An error with its statement, and its place in the script.
  ///
  /// - Parameters:
  ///   - offset: where it is, in bytes from `start`; below 0 where nobody knows.
  ///   - start: where the failed statement starts, in bytes; white space and comments may come first.
  ///   - end: where SQLite thinks that it ends; on a syntax error it does not know.
  private func placed(_ error: SQLError, at offset: Int = -1, start: Int, end: Int?, ordinal: Int)
    -> ScriptError
  {
    let bytes = Array(text.utf8)
    let first = SQLiteText.firstToken(bytes, from: start)
    let last = max(end ?? 0, SQLiteText.endOfStatement(bytes, from: first))
    var error = error
    error.statement = String(decoding: bytes[first..<min(last, bytes.count)], as: UTF8.self)
    error.position = SourcePosition(utf8Offset: offset >= 0 ? start + offset : first, in: text)
    return ScriptError(error: error, ordinal: ordinal)
  }
}
