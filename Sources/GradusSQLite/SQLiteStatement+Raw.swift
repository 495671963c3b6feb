internal import CGradusSQLite
import GradusSQL

extension SQLiteStatement {
  /// Hands rows over without copying their values, until `body` wants no more.
  func stepRaw(_ body: ([RawValue]) throws -> Bool) throws {
    let count = sqlite3_column_count(handle)
    // One array for all rows.
    var values: [RawValue] = []
    values.reserveCapacity(Int(count))
    while true {
      let code = sqlite3_step(handle)
      guard code == SQLITE_ROW else {
        if code == SQLITE_DONE { return }
        throw SQLError(sqlite: database, code: code, statement: sql)
      }
      values.removeAll(keepingCapacity: true)
      for index in 0..<count { values.append(rawValue(at: index)) }
      guard try body(values) else { return }
    }
  }

  private func rawValue(at index: Int32) -> RawValue {
    switch sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
    case SQLITE_FLOAT: return .double(sqlite3_column_double(handle, index))
    case SQLITE_TEXT:
      let start = sqlite3_column_text(handle, index)
      return .text(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index))))
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(handle, index)?.assumingMemoryBound(to: UInt8.self)
      return .blob(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index))))
    default: return .null
    }
  }
}
