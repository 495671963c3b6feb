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

  /// What the server would change of a text without a word; nil where it would nothing, or refuse it.
  func problem(_ text: UnsafeBufferPointer<UInt8>) -> UnfitValue? {
    let parts = TimeText(text)
    if let word = parts.currentTime {
      return .altered("holds '\(word)', which would become the time of the port")
    }
    guard base != "date" else {
      return parts.hasTimeOfDay ? .altered("holds a time of day, which date would drop") : nil
    }
    if parts.hasDate, base.hasPrefix("time ") { return .altered("holds a date, which \(base) would drop") }
    if parts.hasOffset, base.hasSuffix("without time zone") {
      return .altered("holds an offset from UTC or a time zone, which \(base) would drop")
    }
    guard parts.fractionDigits > digits else { return nil }
    return .altered("holds a second with more decimal places than the \(digits) that the column keeps")
  }
}
