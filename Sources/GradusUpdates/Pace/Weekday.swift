/// A day of the week, Monday first.
enum Weekday: Int, Sendable, Hashable, CaseIterable {
  case monday, tuesday, wednesday, thursday, friday, saturday, sunday

  /// The three letters that stand for it in a window: `mon`.
  var abbreviation: String { String("\(self)".prefix(3)) }

  /// - Parameter abbreviation: three letters, in either case.
  init?(abbreviation: Substring) {
    let wanted = abbreviation.lowercased()
    guard let day = Self.allCases.first(where: { $0.abbreviation == wanted }) else { return nil }
    self = day
  }

  /// - Parameter day: counted from 1970-01-01, which was a Thursday.
  init(day: Int) {
    let position = (day + Self.thursday.rawValue) % 7
    self = Self.allCases[position < 0 ? position + 7 : position]
  }

  /// The days from this one to another, over the end of the week where the other comes first.
  func through(_ last: Weekday) -> [Weekday] {
    let count = (last.rawValue - rawValue + 7) % 7
    return (0...count).map { Self.allCases[(rawValue + $0) % 7] }
  }
}
