import GradusSQL

/// JSON as the homeserver stores it: no spaces, keys in the order given, everything outside printable ASCII
/// escaped.
enum CompactJSON {
  static func object(_ members: [(key: String, value: String)]) -> String {
    "{" + members.map { string($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
  }

  /// An array of scalars.
  static func array(_ values: [SQLValue]) -> String {
    var writer = JSONWriter(style: .compact)
    writer.write(values)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// An array of arrays of scalars.
  static func array(_ rows: [[SQLValue]]) -> String {
    var writer = JSONWriter(style: .compact)
    writer.writeArray(rows) { writer, row in writer.write(row) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  static func string(_ text: String) -> String {
    var writer = JSONWriter(style: .compact)
    writer.write(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ values: [SQLValue]) {
    writeArray(values) { writer, value in writer.write(value) }
  }

  /// Writes a text, whole number, truth value or NULL; anything else as null.
  private mutating func write(_ value: SQLValue) {
    switch value {
    case .text(let text): write(text)
    case .integer(let integer): append(String(integer))
    case .boolean(let boolean): append(boolean ? "true" : "false")
    default: append("null")
    }
  }
}
