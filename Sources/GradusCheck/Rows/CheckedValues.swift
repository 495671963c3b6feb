import GradusSQL

/// Values of a column that checks may ask for.
enum CheckedValues {
  /// Parsed once: checks are many. A Regex never changes. By scalars, as a quote and an accent behind it are two of them.
  nonisolated(unsafe) private static let constant =
    #/('(?:[^']|'')*')|(-?\b[0-9]+(?:\.[0-9]+)?)\b/#.matchingSemantics(.unicodeScalar)
  /// Of a longer list the rest is not tried.
  private static let most = 40

  /// The constants of the checks and what is beside them, values below and above the row's own, and some that are often
  /// asked for; the likeliest first. Of the constants of a check each row begins with another one: a key may be one of a
  /// short list.
  ///
  /// - Parameters:
  ///   - checks: the checks, as SQL.
  ///   - kind: what sort of values the column holds; nil where that is not known.
  ///   - number: the row's number.
  static func all(of checks: [String], _ kind: ValueKind?, _ number: Int) -> [SQLValue] {
    let constants = checks.flatMap { check -> [SQLValue] in
      var (texts, numbers): ([[SQLValue]], [[SQLValue]]) = ([], [])
      for match in check.matches(of: constant) {
        if let text = match.1.map({ SQLText.unquoted($0) }) {
          // PostgreSQL writes a negative number so: '-5'::integer.
          texts.append([.text(text)] + (Double(text).map { beside($0, kind, number) } ?? []))
        } else if let value = match.2.flatMap({ Double($0) }) {
          numbers.append(beside(value, kind, number))
        }
      }
      return (turned(texts, by: number) + turned(numbers, by: number)).flatMap { $0 }
    }
    let samples = kind.map { kind in [number, number - 1, number + 1].map { kind.sample($0) } } ?? []
    var seen: Set<SQLValue> = []
    let values = constants + samples + [.text("{}"), .text("[]"), .integer(0), .integer(1)]
    return Array(values.filter { seen.insert($0).inserted }.prefix(most))
  }

  private static func turned<Value>(_ values: [Value], by number: Int) -> [Value] {
    guard !values.isEmpty else { return [] }
    let start = number % values.count
    return Array(values[start...] + values[..<start])
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
