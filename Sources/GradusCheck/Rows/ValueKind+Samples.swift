import GradusSQL

extension ValueKind {
  /// A value for a number: the same for the same number in every column, so that keys and what refers to them agree.
  func sample(_ number: Int) -> SQLValue {
    let day = "2001-\(Self.twoDigits(1 + number / 28 % 12))-\(Self.twoDigits(1 + number % 28))"
    return switch self {
    case .integer: .integer(Int64(number))
    case .real: .double(Double(number))
    case .decimal(let digits, let places): .double(Self.decimal(number, digits, places))
    case .boolean: .boolean(!number.isMultiple(of: 2))
    case .text(let limit): .text(Self.text(number, limit))
    case .bytes: .blob([UInt8(number >> 8 & 255), UInt8(number & 255)])
    case .date: .text(day)
    case .time: .text("00:\(Self.twoDigits(number / 60 % 60)):\(Self.twoDigits(number % 60))")
    case .timestamp: .text("\(day) 00:00:00")
    case .interval: .text("\(number) seconds")
    case .uuid:
      .text("00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - "\(number)".count) + "\(number)")
    case .json: .text("{\"v\":\(number)}")
    case .address: .text("10.0.\(number >> 8 & 255).\(number & 255)")
    case .hardwareAddress(let bytes):
      .text(
        String(repeating: "00:", count: bytes - 2) + Self.twoDigits(number / 100 % 100) + ":"
          + Self.twoDigits(number % 100))
    case .lexemes: .text("v\(number)")
    case .bits(let count): .text(Self.bits(number, count))
    case .enumeration(let values): .text(values[number % values.count])
    case .array(.integer): .integerArray([Int64(number)])
    case .array(.boolean): .booleanArray([!number.isMultiple(of: 2)])
    case .array(let element): .textArray([element.written(number)])
    case .range(let element): .text("[\(element.written(number)),\(element.written(number))]")
    case .multirange(let element): .text("{[\(element.written(number)),\(element.written(number))]}")
    case .pattern(let pattern): .text(pattern.replacing("#", with: "\(number)"))
    }
  }

  /// Values at the edge of what the type holds: a narrower type, or a check, refuses one of them.
  var extremes: [SQLValue] {
    switch self {
    case .integer(let bits):
      [0, -1, .integer(Int64.max >> Int64(64 - bits)), .integer(Int64.min >> Int64(64 - bits))]
    case .real: [0, -1, 1e12]
    case .decimal(let digits, let places):
      [0, .double(Self.largest(digits, places)), .double(-Self.largest(digits, places))]
    case .boolean: [true, false]
    case .text(let limit): [.text(""), .text(String(repeating: "x", count: min(limit ?? 1000, 1000)))]
    case .bytes: [.blob([]), .blob(Array(repeating: 255, count: 1000))]
    case .json: [.text("[]"), .text("null")]
    case .enumeration(let values): values.map { .text($0) }
    case .date, .time, .timestamp, .interval, .uuid, .address, .hardwareAddress, .lexemes, .bits, .array,
      .range, .multirange, .pattern:
      []
    }
  }

  /// The sample as it is written within an array or a range.
  private func written(_ number: Int) -> String {
    switch sample(number) {
    case .text(let text): text
    case .double(let double): "\(double)"
    default: "\(number)"
    }
  }

  /// The number itself where it fits, else its last digits from the last place on.
  private static func decimal(_ number: Int, _ digits: Int, _ places: Int) -> Double {
    if Double(number) < power(digits - places) { return Double(number) }
    // With more digits it fits, unless all of them are behind the point.
    let last = digits < 9 ? number % Int(power(digits)) : number
    return Double(last) / power(places)
  }

  private static func largest(_ digits: Int, _ places: Int) -> Double {
    // What a double holds exactly: more digits would be rounded up to one too many.
    (power(min(digits, 15)) - 1) / power(places - max(0, digits - 15))
  }

  /// Ten to the power of a number.
  private static func power(_ exponent: Int) -> Double {
    let value = repeatElement(10.0, count: abs(exponent)).reduce(1, *)
    return exponent < 0 ? 1 / value : value
  }

  /// The last bits of a number.
  private static func bits(_ number: Int, _ count: Int) -> String {
    let digits = String(number, radix: 2)
    return String((String(repeating: "0", count: max(0, count - digits.count)) + digits).suffix(count))
  }

  private static func text(_ number: Int, _ limit: Int?) -> String {
    let text = "v\(number)"
    guard let limit, text.count > limit else { return text }
    // The last digits tell rows apart.
    return String(text.suffix(limit))
  }

  private static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
}
