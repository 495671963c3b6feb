/// What a column of dates and times keeps of a text that tells one.
package struct TimeKind: Sendable, Hashable {
  private let base: String
  /// How many digits of a fraction of a second it keeps.
  private let digits: Int

  /// - Parameters:
  ///   - base: the type without its precision.
  ///   - digits: the precision; nil where none is given.
  /// - Returns: nil where it is another type.
  package init?(base: String, digits: Int? = nil) {
    switch base {
    case "date", "time without time zone", "time with time zone", "timestamp without time zone",
      "timestamp with time zone":
      self.base = base
      self.digits = digits ?? 6
    default: return nil
    }
  }

  /// What the server would change of a text without a word, or might: nil where it would nothing, or refuse it.
  func problem(_ text: UnsafeBufferPointer<UInt8>) -> UnfitValue? {
    if Self.endless.contains(where: { $0.utf8.elementsEqual(text) }) { return nil }
    guard let parts = TimeText(text) else {
      return isDate && Self.isShortDate(text) ? nil : .noTime
    }
    if parts.hasOffset, isDate || base.hasSuffix("without time zone") {
      return .altered("holds an offset from UTC, which \(base) would drop")
    }
    if parts.hasDate, base.hasPrefix("time ") { return .altered("holds a date, which \(base) would drop") }
    guard !isDate else {
      return parts.isAfterMidnight ? .altered("holds a time of day, which date would drop") : nil
    }
    guard parts.fractionDigits > digits else { return nil }
    return .altered("holds a second with more decimal places than the \(digits) that the column keeps")
  }

  /// Whether the server reads a whole number as what it is meant to be: a day such as 20240131, in a column of dates.
  func admits(_ number: Int64) -> Bool { isDate && Self.isShortDate("\(number)".utf8) }

  private var isDate: Bool { base == "date" }

  private static let endless = ["infinity", "-infinity"]

  private static func isShortDate(_ text: some Collection<UInt8>) -> Bool {
    text.count == 8 && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
