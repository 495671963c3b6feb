import GradusSQL

/// Whether a value of the target is the one that was to be copied.
enum ValueComparison {
  /// - Parameters:
  ///   - expected: the source's value, made fit.
  ///   - found: what a query of the target returned.
  ///   - kind: the column's.
  static func isEqual(_ expected: SQLValue, _ found: SQLValue, _ kind: ColumnKind) -> Bool {
    if expected.isNull || found.isNull { return expected.isNull && found.isNull }
    return switch kind {
    case .boolean, .bytes, .integer: expected == found
    case .double(let isSingle): areEqual(expected.double, found.double, isSingle)
    case .numeric: areEqual(text(expected), text(found))
    case .text(let isPadded, _):
      isPadded
        ? trimmed(text(expected)).elementsEqual(trimmed(text(found)))
        : text(expected).hasSameBytes(as: text(found))
    case .json(let isBinary):
      isBinary
        ? BinaryJSON(text(expected)) == BinaryJSON(text(found))
        : text(expected).hasSameBytes(as: text(found))
    case .uuid: digits(expected) == digits(found)
    // How the server writes such a value, only it knows.
    case .money, .time, .other: true
    }
  }

  private static func areEqual(_ first: Double?, _ second: Double?, _ isSingle: Bool) -> Bool {
    guard let first, let second else { return false }
    if first.isNaN || second.isNaN { return first.isNaN && second.isNaN }
    return isSingle ? Float(first) == Float(second) : first == second
  }

  private static func areEqual(_ first: String, _ second: String) -> Bool {
    if let first = DecimalText(first.utf8), let second = DecimalText(second.utf8) { return first == second }
    return areEqual(Double(first), Double(second), false)
  }

  /// A value as a text of the target.
  static func text(_ value: SQLValue) -> String {
    switch value {
    case .text(let text): text
    case .integer(let integer): String(integer)
    case .double(let double):
      double.isInfinite ? (double < 0 ? "-Infinity" : "Infinity") : "\(double)"
    case .boolean(let boolean): boolean ? "t" : "f"
    default: ""
    }
  }

  /// The digits of an identifier, which may be written with hyphens, in braces and in capitals.
  private static func digits(_ value: SQLValue) -> String {
    text(value).filter(\.isHexDigit).lowercased()
  }

  private static func trimmed(_ text: String) -> Substring.UTF8View {
    var bytes = Substring(text).utf8
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return bytes
  }
}
