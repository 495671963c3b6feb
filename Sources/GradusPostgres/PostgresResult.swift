internal import CGradusLibpq
import GradusSQL

/// One result of libpq, in text format.
final class PostgresResult {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { PQclear(handle) }

  var status: ExecStatusType { PQresultStatus(handle) }

  /// What the statement was, such as `INSERT 0 1` or `ALTER TABLE`.
  var commandTag: String { String(cString: PQcmdStatus(handle)) }

  /// How many rows the statement wrote. libpq also counts the rows of a SELECT, which wrote none.
  var affectedRows: Int {
    let tag = commandTag
    guard ["INSERT", "UPDATE", "DELETE", "MERGE"].contains(where: tag.hasPrefix) else { return 0 }
    return Int(String(cString: PQcmdTuples(handle))) ?? 0
  }

  /// How many rows a COPY wrote.
  var copiedRows: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

  /// Whether the statement may have changed what other statements return.
  var mayChangeSchema: Bool {
    let tag = commandTag
    return ["ALTER", "CREATE", "DROP", "SET", "RESET", "DISCARD", "DO", "CALL"].contains(where: tag.hasPrefix)
  }

  /// The message that libpq composed, for errors that do not come from the server.
  var fullMessage: String { String(cString: PQresultErrorMessage(handle)) }

  /// A part of the server's error.
  func errorField(_ field: ErrorField) -> String? {
    PQresultErrorField(handle, field.code).map { String(cString: $0) }
  }

  /// The columns of a described statement: each with its type's number and modifier.
  var describedColumns: [(name: String, type: Oid, modifier: Int32)] {
    (0..<PQnfields(handle)).map {
      (String(cString: PQfname(handle, $0)), PQftype(handle, $0), PQfmod(handle, $0))
    }
  }

  /// The numbers of the types of a described statement's parameters.
  var describedParameters: [Oid] { (0..<PQnparams(handle)).map { PQparamtype(handle, $0) } }

  func forEachRow(_ body: (Row) throws -> Void) throws {
    let count = PQnfields(handle)
    let columns = Row.Columns((0..<count).map { String(cString: PQfname(handle, $0)) })
    let types = (0..<count).map { PQftype(handle, $0) }
    for row in 0..<PQntuples(handle) {
      let values = try (0..<count).map { try value(row, $0, type: types[Int($0)]) }
      try body(Row(columns: columns, values: values))
    }
  }

  private func value(_ row: Int32, _ column: Int32, type: Oid) throws -> SQLValue {
    guard PQgetisnull(handle, row, column) == 0, let start = PQgetvalue(handle, row, column) else {
      return .null
    }
    let length = Int(PQgetlength(handle, row, column))
    return try start.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
      guard let text = String(validating: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
      else {
        throw SQLError(
          .unexpectedValue,
          "the column '\(String(cString: PQfname(handle, column)))' holds a text that is not UTF-8",
          hint: "a database of the encoding SQL_ASCII takes any bytes: make one with the encoding UTF8")
      }
      switch type {
      case 16: return .boolean(text == "t")
      case 17: return .blob(Self.bytes(bytes))
      case 20, 21, 23, 26: return Int64(text).map { .integer($0) } ?? .text(text)
      case 700, 701: return Double(text).map { .double($0) } ?? .text(text)
      default: return .text(text)
      }
    }
  }

  /// The bytes behind a `bytea` text, whichever of the two formats the server's `bytea_output` asks for.
  private static func bytes(_ text: UnsafePointer<UInt8>) -> [UInt8] {
    var count = 0
    guard let bytes = PQunescapeBytea(text, &count) else { return [] }
    defer { PQfreemem(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}

/// The parts of a server's error. libpq's header defines them as C characters, which Swift does not import.
enum ErrorField: Character {
  case severity = "V"
  case sqlState = "C"
  case message = "M"
  case detail = "D"
  case hint = "H"
  case position = "P"
  case sourceFunction = "R"
  case context = "W"

  var code: Int32 { Int32(rawValue.asciiValue ?? 0) }
}
