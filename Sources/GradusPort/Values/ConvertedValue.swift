import GradusSQL

/// A value as the target is to hold it. Borrowed texts and bytes are good only as long as the source's row is.
package enum ConvertedValue {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case text(UnsafeBufferPointer<UInt8>)
  case mendedText([UInt8])
  case bytes(UnsafeBufferPointer<UInt8>)

  /// Adds it to a row of COPY's data.
  func append(to text: inout CopyText) {
    switch self {
    case .null: text.appendNull()
    case .boolean(let boolean): text.append(boolean)
    case .integer(let integer): text.append(integer)
    case .double(let double): text.append(double)
    case .text(let bytes): text.append(text: bytes)
    case .mendedText(let bytes): bytes.withUnsafeBufferPointer { text.append(text: $0) }
    case .bytes(let bytes): text.append(bytes: bytes)
    }
  }

  /// A copy that outlives the row.
  var owned: SQLValue {
    switch self {
    case .null: .null
    case .boolean(let boolean): .boolean(boolean)
    case .integer(let integer): .integer(integer)
    case .double(let double): .double(double)
    case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    case .mendedText(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    case .bytes(let bytes): .blob(Array(bytes))
    }
  }
}
