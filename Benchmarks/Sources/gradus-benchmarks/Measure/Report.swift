import Foundation

/// All that was measured, in the order in which it was first seen.
struct Report: Sendable, Encodable {
  let machine: Machine
  private(set) var series: [Series] = []

  init(machine: Machine) { self.machine = machine }

  mutating func add(
    _ benchmark: String, _ engine: String, _ subject: String, _ quantity: String, _ unit: String,
    _ value: Double
  ) {
    let index = series.firstIndex {
      ($0.benchmark, $0.engine, $0.subject, $0.quantity) == (benchmark, engine, subject, quantity)
    }
    if let index {
      series[index].values.append(value)
    } else {
      series.append(
        Series(
          benchmark: benchmark, engine: engine, subject: subject, quantity: quantity, unit: unit,
          values: [value]))
    }
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// A table for each benchmark and engine.
  func text() -> String {
    var lines = machine.lines
    var heading = ""
    for series in series {
      let next = "\(series.benchmark), \(series.engine)"
      if next != heading {
        lines += ["", next, Self.row("", "", "min", "median", "max", "")]
        heading = next
      }
      lines.append(
        Self.row(
          series.subject, series.quantity, Self.number(series.min), Self.number(series.median),
          Self.number(series.max), series.unit))
    }
    return lines.joined(separator: "\n")
  }

  private static func row(
    _ subject: String, _ quantity: String, _ min: String, _ median: String, _ max: String, _ unit: String
  ) -> String {
    let numbers = [min, median, max].map { String(repeating: " ", count: Swift.max(0, 11 - $0.count)) + $0 }
    let row =
      "  " + subject.padding(toLength: 44, withPad: " ", startingAt: 0)
      + quantity.padding(toLength: 24, withPad: " ", startingAt: 0) + numbers.joined() + "  " + unit
    return String(row.reversed().drop(while: \.isWhitespace).reversed())
  }

  private static func number(_ value: Double) -> String {
    let decimals =
      value == value.rounded() || abs(value) >= 1000 ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 1 ? 2 : 3
    return String(format: "%.\(decimals)f", value)
  }
}
