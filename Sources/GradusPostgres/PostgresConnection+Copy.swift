internal import CGradusLibpq
import GradusSQL

extension PostgresConnection {
  func copy(into table: String, columns: [String], _ next: () throws -> CopyText?) throws -> Int {
    let sql = "COPY \(SQLText.identifier(table)) (\(SQLText.identifiers(columns))) FROM STDIN"
    cancellation.begin()
    defer { cancellation.end() }
    guard PQsendQuery(handle, sql) == 1, let first = PQgetResult(handle) else { throw libpqError() }
    let start = PostgresResult(first)
    guard start.status == PGRES_COPY_IN else {
      var error = failure(start)
      error.statement = sql
      while let rest = PQgetResult(handle) { PQclear(rest) }
      throw error
    }
    do {
      while let text = try next() { try send(text) }
    } catch {
      PQputCopyEnd(handle, "stopped by the client")
      while let rest = PQgetResult(handle) { PQclear(rest) }
      throw error
    }
    guard PQputCopyEnd(handle, nil) == 1 else { throw libpqError() }
    var count = 0
    var failed: SQLError?
    while let pointer = PQgetResult(handle) {
      let result = PostgresResult(pointer)
      if result.status == PGRES_COMMAND_OK {
        count = result.copiedRows
      } else {
        failed = failed ?? copyFailure(result, table, columns, sql)
      }
    }
    if let failed { throw failed }
    return count
  }

  private func send(_ text: CopyText) throws {
    // In pieces, as libpq keeps what it has not sent yet.
    let piece = 1 << 18
    try text.bytes.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: piece) {
        let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + piece, bytes.count)])
        guard
          PQputCopyData(handle, part.assumingMemoryBound(to: CChar.self).baseAddress, Int32(part.count)) == 1
        else { throw libpqError() }
      }
    }
  }

  private func failure(_ result: PostgresResult) -> SQLError {
    SQLError(postgres: result, connection: handle, wasInterrupted: cancellation.hasFired, settings: settings)
  }

  private func copyFailure(_ result: PostgresResult, _ table: String, _ columns: [String], _ sql: String)
    -> SQLError
  {
    var error = failure(result)
    error.statement = sql
    if let context = result.errorField(.context) {
      let place = CopyContext(context, table: table, columns: columns)
      error.copyRow = place.row
      error.copyColumn = place.column
    }
    return error
  }
}
