import ArgumentParser

/// A length of time as an operator types it: `90d`.
struct Age: ExpressibleByArgument {
  let milliseconds: Int64

  private static let units: [Character: Int64] = [
    "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
  ]

  /// As it is typed, in the largest unit that it is whole of.
  var defaultValueDescription: String {
    let unit = Self.units.filter { milliseconds.isMultiple(of: $0.value) }.max { $0.value < $1.value }
    return unit.map { "\(milliseconds / $0.value)\($0.key)" } ?? "\(milliseconds)ms"
  }

  init?(argument: String) {
    guard let unit = argument.last.flatMap({ Self.units[$0] }), argument.dropLast().allSatisfy(\.isNumber),
      let number = Int64(argument.dropLast())
    else { return nil }
    let (milliseconds, isTooLong) = number.multipliedReportingOverflow(by: unit)
    // Older than time itself.
    guard !isTooLong, milliseconds < 100_000_000_000_000 else { return nil }
    self.milliseconds = milliseconds
  }
}
