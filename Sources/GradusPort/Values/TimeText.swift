/// A date, a time of day or both, as ISO 8601 and SQLite's functions write them: `2024-01-31`, `10:11`, `10:11:12.5`,
/// `2024-01-31T10:11:12Z`, `2024-01-31 10:11:12.5+05:30`.
///
/// The server reads far more, and some of it as something else: `01/02/2024` by its settings, `24:00` as the next day,
/// `EST` as a zone of its own.
struct TimeText {
  let hasDate: Bool
  /// Whether the time of day is another one than midnight.
  private(set) var isAfterMidnight = false
  /// Whether it is of another zone than UTC.
  private(set) var hasOffset = false
  /// How many digits a fraction of a second has, without zeros at its end.
  private(set) var fractionDigits = 0

  /// Nil for what is written otherwise.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    var rest = text[...]
    hasDate = Self.takeDate(&rest)
    if hasDate {
      if rest.isEmpty { return }
      guard Self.take(&rest, UInt8(ascii: "T")) || Self.take(&rest, UInt8(ascii: " ")) else { return nil }
    }
    guard readTime(&rest), readOffset(&rest), rest.isEmpty else { return nil }
  }

  /// `10:11`, `10:11:12` or `10:11:12.5`. The server would make 24:00 and a second 60 something else.
  private mutating func readTime(_ rest: inout Bytes) -> Bool {
    guard let hour = Self.takeNumber(&rest, below: 24), Self.take(&rest, Self.colon),
      let minute = Self.takeNumber(&rest, below: 60)
    else { return false }
    isAfterMidnight = hour + minute > 0
    guard Self.take(&rest, Self.colon) else { return true }
    guard let second = Self.takeNumber(&rest, below: 60) else { return false }
    isAfterMidnight = isAfterMidnight || second > 0
    guard Self.take(&rest, UInt8(ascii: ".")) else { return true }
    var fraction = rest.prefix(while: Self.isDigit)
    guard !fraction.isEmpty else { return false }
    rest = rest[fraction.endIndex...]
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    fractionDigits = fraction.count
    isAfterMidnight = isAfterMidnight || fractionDigits > 0
    return true
  }

  /// Nothing, `Z`, `+05`, `+0530` or `+05:30`, a space before it or none.
  private mutating func readOffset(_ rest: inout Bytes) -> Bool {
    if rest.isEmpty { return true }
    _ = Self.take(&rest, UInt8(ascii: " "))
    if Self.take(&rest, UInt8(ascii: "Z")) { return true }
    guard Self.take(&rest, UInt8(ascii: "+")) || Self.take(&rest, UInt8(ascii: "-")),
      let hours = Self.takeNumber(&rest, below: 24)
    else { return false }
    hasOffset = hours > 0
    if rest.isEmpty { return true }
    _ = Self.take(&rest, Self.colon)
    guard let minutes = Self.takeNumber(&rest, below: 60) else { return false }
    hasOffset = hasOffset || minutes > 0
    return true
  }

  private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

  /// `2024-01-31`; takes nothing where the text begins otherwise. Whether there is such a day, the server tells.
  private static func takeDate(_ rest: inout Bytes) -> Bool {
    let date = rest.prefix(10)
    let hyphens = [4, 7].map { date.startIndex + $0 }
    guard date.count == 10,
      date.indices.allSatisfy({
        hyphens.contains($0) ? date[$0] == UInt8(ascii: "-") : isDigit(date[$0])
      })
    else { return false }
    rest = rest[date.endIndex...]
    return true
  }

  /// Two digits of a number that is less than another.
  private static func takeNumber(_ rest: inout Bytes, below limit: Int) -> Int? {
    let digits = rest.prefix(2)
    guard digits.count == 2, digits.allSatisfy(isDigit) else { return nil }
    let number = digits.reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
    guard number < limit else { return nil }
    rest = rest[digits.endIndex...]
    return number
  }

  private static func take(_ rest: inout Bytes, _ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  private static let colon = UInt8(ascii: ":")

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
