import GradusSQL

/// JSON as the homeserver stores it: no spaces, keys in the order given, everything outside printable ASCII
/// escaped.
enum CompactJSON {
  static func object(_ members: [(key: String, value: String)]) -> String {
    "{" + members.map { string($0.key) + ":" + $0.value }.joined(separator: ",") + "}"
  }

  static func array(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

  static func string(_ text: String) -> String {
    var writer = JSONWriter(style: .compact)
    writer.write(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// An array of rows, each an array of values: texts, whole numbers, truth values or NULL; anything else is written as
  /// null.
  static func rows(_ rows: [[SQLValue]]) -> String {
    var writer = JSONWriter(style: .compact)
    writer.append("[")
    for (index, row) in rows.enumerated() {
      writer.append(index > 0 ? ",[" : "[")
      for (column, value) in row.enumerated() {
        if column > 0 { writer.append(",") }
        writer.write(value)
      }
      writer.append("]")
    }
    writer.append("]")
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ value: SQLValue) {
    switch value {
    case .text(let text): write(text)
    case .integer(let integer): append(String(integer))
    case .boolean(let boolean): append(boolean ? "true" : "false")
    default: append("null")
    }
  }
}
