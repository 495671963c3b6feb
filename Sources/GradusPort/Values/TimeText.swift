/// What a text tells of a date and a time, as far as it is written in a way that PostgreSQL reads. Of other texts it may
/// say nothing: the server refuses them.
struct TimeText {
  /// A word for the present day or time, which the server would look up.
  private(set) var currentTime: String?
  /// Whether it begins with a date of digits.
  private(set) var hasDate = false
  /// Whether it names a time of day other than midnight.
  private(set) var hasTimeOfDay = false
  /// Whether it names another zone than UTC.
  private(set) var hasOffset = false
  /// How many digits a fraction of a second has, without zeros at its end.
  private(set) var fractionDigits = 0

  private var isBeforeNoon = false

  init(_ text: UnsafeBufferPointer<UInt8>) {
    // The server reads none that are longer.
    guard text.count <= 128 else { return }
    let lower = text.map { (byte: UInt8) -> UInt8 in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
      case 0x09...0x0D, UInt8(ascii: ","): UInt8(ascii: " ")
      default: byte
      }
    }
    for word in lower.split(whereSeparator: { !Self.isLetter($0) }) where word.count > 1 {
      let word = String(decoding: word, as: UTF8.self)
      if Self.currentTimes.contains(word) { currentTime = word }
      if word == "am" { isBeforeNoon = true }
    }
    var rest = lower.drop { $0 == UInt8(ascii: " ") }
    if let afterDate = Self.afterDate(rest) {
      hasDate = true
      rest = afterDate
      if rest.first == UInt8(ascii: "t") { rest.removeFirst() }
      rest = rest.drop { $0 == UInt8(ascii: " ") }
    } else if let start = Self.timeStart(rest) {
      rest = rest[start...]
    } else {
      return
    }
    if let first = rest.first, Self.isDigit(first) { readTime(&rest) }
    readZone(&rest)
  }

  /// `10:11:12.5`, or `101112.5` behind a date.
  private mutating func readTime(_ rest: inout ArraySlice<UInt8>) {
    var digits = Array(Self.take(&rest, while: Self.isDigit))
    if rest.first == Self.colon {
      // Twelve is the first hour of such a day.
      if isBeforeNoon, digits == Array("12".utf8) { digits = [] }
      digits += Self.take(&rest) { Self.isDigit($0) || $0 == Self.colon }
    } else if digits.count != 4, digits.count != 6 {
      rest = []
      return
    }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      var fraction = Self.take(&rest, while: Self.isDigit)
      while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
      fractionDigits = fraction.count
    }
    hasTimeOfDay = fractionDigits > 0 || digits.contains(where: Self.isNotZero)
  }

  /// `+05:30`, `EST` or `Europe/Paris`, with a year or `AM` before or after.
  private mutating func readZone(_ rest: inout ArraySlice<UInt8>) {
    while let byte = rest.first {
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
        rest.removeFirst()
        let offset = Self.take(&rest) { Self.isDigit($0) || $0 == Self.colon }
        if offset.contains(where: Self.isNotZero) { hasOffset = true }
      } else if Self.isDigit(byte) {
        // A year behind the time; its hyphens begin no offset.
        _ = Self.take(&rest) { Self.isDigit($0) || $0 == UInt8(ascii: "-") }
      } else if Self.isLetter(byte) {
        let word = Self.take(&rest) {
          Self.isLetter($0) || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "_")
        }
        if !Self.isNoZone(String(decoding: word, as: UTF8.self)) { hasOffset = true }
      } else {
        rest.removeFirst()
      }
    }
  }

  private static let currentTimes: Set<String> = ["now", "today", "tomorrow", "yesterday"]
  private static let zeroZones: Set<String> = ["z", "zulu", "utc", "uct", "ut", "gmt"]
  private static let halvesAndEras: Set<String> = ["am", "pm", "ad", "bc"]
  private static let daysAndMonths = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february",
    "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
  ]

  private static func isNoZone(_ word: String) -> Bool {
    zeroZones.contains(word) || halvesAndEras.contains(word)
      || word.count >= 3 && daysAndMonths.contains { $0.hasPrefix(word) }
  }

  /// What follows `2024-01-31` or `20240131`; nil where it begins otherwise.
  private static func afterDate(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var rest = text
    let year = take(&rest, while: isDigit)
    if year.count == 8 { return rest }
    guard year.count >= 4 else { return nil }
    for _ in 0..<2 {
      guard rest.popFirst() == UInt8(ascii: "-") else { return nil }
      guard (1...2).contains(take(&rest, while: isDigit).count) else { return nil }
    }
    return rest
  }

  /// Where the digits before the first colon begin, or the sign before them.
  private static func timeStart(_ text: ArraySlice<UInt8>) -> Int? {
    guard let first = text.firstIndex(of: colon) else { return nil }
    var start = first
    while start > text.startIndex, isDigit(text[start - 1]) { start -= 1 }
    guard start < first else { return nil }
    guard start > text.startIndex else { return start }
    let sign = text[start - 1]
    return sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? start - 1 : start
  }

  private static func take(
    _ rest: inout ArraySlice<UInt8>, while condition: (UInt8) -> Bool
  ) -> ArraySlice<UInt8> {
    let taken = rest.prefix(while: condition)
    rest = rest[taken.endIndex...]
    return taken
  }

  private static let colon = UInt8(ascii: ":")

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
  private static func isNotZero(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte)
  }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
}
