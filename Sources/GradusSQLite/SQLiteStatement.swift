internal import CGradusSQLite
import Foundation
import GradusSQL

/// A prepared statement, whose `$1`, `$2`, ... stand for the first, second, ... parameter.
final class SQLiteStatement {
  let sql: String
  let database: OpaquePointer
  let handle: OpaquePointer?
  /// For each of SQLite's own parameter positions, which of ours it is, from 0.
  private let parameterOrder: [Int]
  private var columns: Row.Columns?

  init(_ database: OpaquePointer, _ sql: String) throws {
    self.database = database
    self.sql = sql
    guard !sql.utf8.contains(0) else { throw SQLError(.syntax, "the statement holds the character U+0000") }
    let handle = try Self.prepare(database, sql)
    self.handle = handle
    parameterOrder = try (0..<max(0, sqlite3_bind_parameter_count(handle))).map { index in
      guard let name = sqlite3_bind_parameter_name(handle, index + 1).map({ String(cString: $0) }),
        // SQLite's other ways to write one are none to those who read the statement, such as files of queries.
        name.first == "$", let number = Int(name.dropFirst()), number >= 1
      else {
        sqlite3_finalize(handle)
        throw SQLError(.syntax, "parameters are written $1, $2, ...", statement: sql)
      }
      return number - 1
    }
  }

  deinit { sqlite3_finalize(handle) }

  private static func prepare(_ database: OpaquePointer, _ sql: String) throws -> OpaquePointer? {
    var handle: OpaquePointer?
    let code = try sql.withCString { start in
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v3(database, start, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &tail)
      // SQLite would quietly leave out whatever follows the first statement.
      let rest = Array(sql.utf8.dropFirst(tail.map { $0 - start } ?? sql.utf8.count))
      guard code != SQLITE_OK || SQLiteText.isBlank(rest) else {
        sqlite3_finalize(handle)
        throw SQLError(
          .syntax, "more than one statement", hint: "run them as a script or one by one", statement: sql)
      }
      return code
    }
    guard code == SQLITE_OK else { throw SQLError(sqlite: database, code: code, statement: sql) }
    return handle
  }

  var parameterCount: Int { (parameterOrder.max() ?? -1) + 1 }

  var isReadOnly: Bool { Self.isReadOnly(handle) }

  /// Whether a statement leaves all databases as they are, temporary ones too. To SQLite, EXPLAIN does what it explains.
  static func isReadOnly(_ handle: OpaquePointer?) -> Bool {
    sqlite3_stmt_readonly(handle) != 0 || sqlite3_stmt_isexplain(handle) != 0
  }

  /// The columns of the result, with the types that their tables declare.
  var describedColumns: [StatementDescription.Column] {
    (0..<sqlite3_column_count(handle)).map { index in
      StatementDescription.Column(
        name: String(cString: sqlite3_column_name(handle, index)),
        type: sqlite3_column_decltype(handle, index).map { String(cString: $0) })
    }
  }

  func bind(_ parameters: [SQLValue]) throws {
    let count = parameterCount
    // Too many are an error too, as they are on PostgreSQL.
    guard count == parameters.count else {
      throw SQLError(
        .other, "the statement has \(count) parameters, \(parameters.count) values were given", statement: sql
      )
    }
    for (position, parameter) in parameterOrder.enumerated() {
      let code = try bind(parameters[parameter], at: Int32(position + 1))
      guard code == SQLITE_OK else { throw SQLError(sqlite: database, code: code, statement: sql) }
    }
  }

  private func bind(_ value: SQLValue, at index: Int32) throws -> Int32 {
    switch value {
    case .null: sqlite3_bind_null(handle, index)
    case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
    case .boolean(let boolean): sqlite3_bind_int64(handle, index, boolean ? 1 : 0)
    case .double(let double): sqlite3_bind_double(handle, index, double)
    case .text(let text): bind(text, at: index)
    case .blob(let bytes):
      bytes.withUnsafeBytes { gradus_sqlite3_bind_blob(handle, index, $0.baseAddress, Int32($0.count)) }
    case .textArray(let texts): bind(try JSONArray.encode(texts), at: index)
    case .integerArray(let integers): bind(JSONArray.encode(integers), at: index)
    case .booleanArray(let booleans):
      bind(JSONArray.encode(booleans.map { $0.map { $0 ? 1 : 0 } }), at: index)
    }
  }

  private func bind(_ text: String, at index: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        // An empty buffer may have no address, which SQLite would read as NULL.
        characters.baseAddress.map { gradus_sqlite3_bind_text(handle, index, $0, Int32(characters.count)) }
          ?? gradus_sqlite3_bind_text(handle, index, "", 0)
      }
    }
  }

  func step(_ body: (Row) throws -> Void) throws {
    while true {
      let code = sqlite3_step(handle)
      switch code {
      case SQLITE_ROW: try body(row())
      case SQLITE_DONE, SQLITE_OK: return
      // An empty statement, such as a lone comment, has no handle.
      case SQLITE_MISUSE where handle == nil: return
      default: throw SQLError(sqlite: database, code: code, statement: sql)
      }
    }
  }

  private func row() -> Row {
    let count = sqlite3_column_count(handle)
    let names = columns ?? Row.Columns((0..<count).map { String(cString: sqlite3_column_name(handle, $0)) })
    columns = names
    return Row(columns: names, values: (0..<count).map(value(at:)))
  }

  private func value(at index: Int32) -> SQLValue {
    switch sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return .double(sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      let bytes = UnsafeBufferPointer(
        start: sqlite3_column_text(handle, index), count: Int(sqlite3_column_bytes(handle, index)))
      return .text(String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      let count = Int(sqlite3_column_bytes(handle, index))
      return .blob([UInt8](UnsafeRawBufferPointer(start: sqlite3_column_blob(handle, index), count: count)))
    default: return .null
    }
  }

  /// Makes the statement ready to run again and lets go of the parameters' memory.
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
    // A schema change may alter the columns of `SELECT *`.
    columns = nil
  }
}
