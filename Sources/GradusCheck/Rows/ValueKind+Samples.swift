import GradusSQL

extension ValueKind {
  /// A value for a number: the same for the same number in every column, so that keys and what refers to them agree.
  func sample(_ number: Int) -> SQLValue {
    let day = "2001-\(Self.twoDigits(1 + number / 28 % 12))-\(Self.twoDigits(1 + number % 28))"
    return switch self {
    case .integer: .integer(Int64(number))
    case .real: .double(Double(number))
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
    case .lexemes: .text("v\(number)")
    case .enumeration(let values): .text(values[number % values.count])
    case .array(.integer): .integerArray([Int64(number)])
    case .array(.boolean): .booleanArray([!number.isMultiple(of: 2)])
    case .array(let element): .textArray([element.sample(number).text ?? "\(number)"])
    }
  }

  /// Values at the edge of what the type holds: a narrower type, or a check, refuses one of them.
  var extremes: [SQLValue] {
    switch self {
    case .integer(let bits):
      [0, -1, .integer(Int64.max >> Int64(64 - bits)), .integer(Int64.min >> Int64(64 - bits))]
    case .real: [0, -1, 1e12]
    case .boolean: [true, false]
    case .text(let limit): [.text(""), .text(String(repeating: "x", count: min(limit ?? 1000, 1000)))]
    case .bytes: [.blob([]), .blob(Array(repeating: 255, count: 1000))]
    case .json: [.text("[]"), .text("null")]
    case .enumeration(let values): values.map { .text($0) }
    case .date, .time, .timestamp, .interval, .uuid, .address, .lexemes, .array: []
    }
  }

  private static func text(_ number: Int, _ limit: Int?) -> String {
    let text = "v\(number)"
    guard let limit, text.count > limit else { return text }
    // The last digits tell rows apart.
    return String(text.suffix(limit))
  }

  private static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
}
