/// The key of a row: its row id, or the values of its primary key.
package struct RowKey: Hashable, Sendable {
  package var values: [RowKeyValue]

  package init(_ values: [RowKeyValue]) { self.values = values }

  /// As the target keeps it.
  package var stored: String {
    values.map { value in
      switch value {
      case .integer(let integer): "i\(integer)"
      case .double(let double): "d\(double.bitPattern)"
      case .text(let bytes): "t" + Hex.encode(bytes)
      case .blob(let bytes): "b" + Hex.encode(bytes)
      }
    }.joined(separator: ",")
  }

  /// Nil where it is none.
  package init?(stored: String) {
    values = []
    for part in stored.split(separator: ",") {
      let rest = part.dropFirst()
      switch part.first {
      case "i": values += Int64(rest).map { [.integer($0)] } ?? []
      case "d": values += UInt64(rest).map { [.double(Double(bitPattern: $0))] } ?? []
      case "t": values += Hex.decode(rest).map { [.text($0)] } ?? []
      case "b": values += Hex.decode(rest).map { [.blob($0)] } ?? []
      default: return nil
      }
    }
    guard !values.isEmpty, values.count == stored.split(separator: ",").count else { return nil }
  }

  /// Names the row.
  func name(_ key: PortTable.Key) -> String {
    let values = values.map(\.description).joined(separator: ", ")
    return switch key {
    case .rowID: "row id \(values)"
    case .columns: "\(key.names.joined(separator: ", ")) = \(values)"
    }
  }
}
