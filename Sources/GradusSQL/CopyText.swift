/// Rows in the text format of PostgreSQL's COPY, for `Connection.copy`.
///
/// Each row is one line whatever its values hold, so that the server's line numbers count rows.
public struct CopyText: Sendable {
  /// The text so far.
  public private(set) var bytes: [UInt8] = []
  /// How many rows have been ended.
  public private(set) var rowCount = 0
  private var isInRow = false
  private var rowStart = 0

  /// No rows.
  public init() {}

  /// Adds NULL.
  public mutating func appendNull() {
    separate()
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(UInt8(ascii: "N"))
  }

  /// Adds a whole number.
  public mutating func append(_ integer: Int64) { appendPlain("\(integer)") }

  /// Adds a truth value.
  public mutating func append(_ boolean: Bool) { appendPlain(boolean ? "t" : "f") }

  /// Adds a double-precision number, so that it is read back bit for bit.
  public mutating func append(_ double: Double) {
    appendPlain(
      double.isNaN ? "NaN" : double.isInfinite ? (double < 0 ? "-Infinity" : "Infinity") : "\(double)")
  }

  /// Adds a text.
  ///
  /// - Parameter text: UTF-8 without U+0000, neither of which is checked here: the server does.
  public mutating func append(text: UnsafeBufferPointer<UInt8>) {
    separate()
    var start = 0
    for (index, byte) in text.enumerated() {
      guard let letter = Self.escape(byte) else { continue }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(letter)
      start = index + 1
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
  }

  /// Adds bytes, for a column of type `bytea`.
  public mutating func append(bytes value: UnsafeBufferPointer<UInt8>) {
    separate()
    // A backslash for COPY, then the `\x` of the type's own text form.
    bytes.append(contentsOf: #"\\x"#.utf8)
    for byte in value {
      bytes.append(Self.digit(byte >> 4))
      bytes.append(Self.digit(byte & 15))
    }
  }

  /// Ends the row.
  public mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    isInRow = false
    rowStart = bytes.count
    rowCount += 1
  }

  /// Takes back what was added since the last row's end.
  public mutating func dropRow() {
    bytes.removeSubrange(rowStart...)
    isInRow = false
  }

  private mutating func appendPlain(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func separate() {
    if isInRow { bytes.append(UInt8(ascii: "\t")) }
    isInRow = true
  }

  private static func escape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\\"): byte
    case UInt8(ascii: "\n"): UInt8(ascii: "n")
    case UInt8(ascii: "\r"): UInt8(ascii: "r")
    case UInt8(ascii: "\t"): UInt8(ascii: "t")
    default: nil
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
