import GradusSQL

/// Values of a column that checks may ask for.
enum CheckedValues {
  /// Parsed once: checks are many. A Regex never changes. By scalars, as a quote and an accent behind it are two of them.
  nonisolated(unsafe) private static let constant =
    #/('(?:[^']|'')*')|(-?\b[0-9]+(?:\.[0-9]+)?)\b/#.matchingSemantics(.unicodeScalar)
  /// Of a longer list the rest is not tried.
  private static let most = 40

  /// The constants of the checks and what is beside them, values below and above the row's own, and some that are often
  /// asked for; the likeliest first.
  ///
  /// - Parameters:
  ///   - checks: the checks, as SQL.
  ///   - kind: what sort of values the column holds; nil where that is not known.
  ///   - number: the row's number.
  static func all(of checks: [String], _ kind: ValueKind?, _ number: Int) -> [SQLValue] {
    let constants = checks.flatMap { $0.matches(of: constant) }.flatMap { match -> [SQLValue] in
      if let text = match.1.map({ SQLText.unquoted($0) }) {
        // PostgreSQL writes a negative number so: '-5'::integer.
        return [.text(text)] + (Double(text).map { beside($0, kind, number) } ?? [])
      }
      return match.2.flatMap { Double($0) }.map { beside($0, kind, number) } ?? []
    }
    let samples = kind.map { kind in [number, number - 1, number + 1].map { kind.sample($0) } } ?? []
    var seen: Set<SQLValue> = []
    let values = constants + samples + [.text("{}"), .text("[]"), .integer(0), .integer(1)]
    return Array(values.filter { seen.insert($0).inserted }.prefix(most))
  }

  /// A number, those next to it, and texts and bytes that are so long.
  private static func beside(_ constant: Double, _ kind: ValueKind?, _ number: Int) -> [SQLValue] {
    guard let whole = Int64(exactly: constant) else { return [.double(constant)] }
    let (below, above) = (whole &- 1, whole &+ 1)
    switch kind {
    case .integer: return [whole, above, below].map { .integer($0) }
    case .real, .decimal:
      return [.integer(whole), .double(constant + 0.5), .integer(above), .integer(below)]
    case .text, .bytes:
      let lengths = [whole, above, below].filter { (0...1000).contains($0) }.map { Int($0) }
      return [.integer(whole)] + lengths.map { long($0, kind, number) }
    default: return [.integer(whole)]
    }
  }

  /// A text or bytes of a length, which end like the row's own.
  private static func long(_ length: Int, _ kind: ValueKind?, _ number: Int) -> SQLValue {
    guard case .bytes = kind else {
      let text = "v\(number)"
      let padding = String(repeating: "v", count: max(0, length - text.count))
      return .text(String((padding + text).suffix(length)))
    }
    let bytes = [UInt8](repeating: 0, count: length) + [UInt8(number >> 8 & 255), UInt8(number & 255)]
    return .blob(Array(bytes.suffix(length)))
  }
}
