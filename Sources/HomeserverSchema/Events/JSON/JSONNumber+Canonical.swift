import GradusJSON

extension JSONNumber {
  /// The spelling that signatures are made of: that of the homeserver, which reads what has a fraction or an exponent
  /// as a double and writes the fewest digits that give it back.
  ///
  /// - Returns: nil where the number is larger than any double.
  var canonical: String? {
    guard !isWhole else { return spelling == "-0" ? "0" : spelling }
    guard let value = Double(spelling), value.isFinite else { return nil }
    return Self.shortest(value)
  }

  /// The digits are Swift's; where the exponent begins and how it looks is the homeserver's.
  private static func shortest(_ value: Double) -> String {
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    var digits = String(mantissa[0] + fraction)
    // The value is 0.digits × 10^point.
    var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    while digits.count > 1, digits.hasPrefix("0") {
      digits.removeFirst()
      point -= 1
    }
    while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    if digits == "0" { point = 1 }
    return (value.sign == .minus ? "-" : "") + spell(digits, point)
  }

  private static func spell(_ digits: String, _ point: Int) -> String {
    func zeros(_ count: Int) -> String { String(repeating: "0", count: max(0, count)) }
    switch point {
    case 1...16 where digits.count <= point: return digits + zeros(point - digits.count) + ".0"
    case 1...16: return digits.prefix(point) + "." + digits.dropFirst(point)
    case -3...0: return "0." + zeros(-point) + digits
    default:
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      let exponent = String((point - 1).magnitude)
      return digits.prefix(1) + fraction + (point > 0 ? "e+" : "e-") + zeros(2 - exponent.count) + exponent
    }
  }
}
