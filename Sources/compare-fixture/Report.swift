import Foundation
import GradusSQL

/// What was compared, and what differs.
struct Report {
  private struct Entry {
    let cells: [String]
    let missing: [String]
    let surplus: [String]
  }

  private var entries: [Entry] = []

  var isEqual: Bool { entries.allSatisfy { $0.missing.isEmpty && $0.surplus.isEmpty } }

  mutating func add(
    _ scenario: String, _ engine: Engine, _ table: String, _ reference: String, _ rows: [String],
    expected: [String]
  ) {
    let missing = Set(expected).subtracting(rows).sorted()
    let surplus = Set(rows).subtracting(expected).sorted()
    let differences =
      missing.isEmpty && surplus.isEmpty ? "equal" : "\(missing.count) missing, \(surplus.count) other"
    entries.append(
      Entry(
        cells: ["\(engine)", scenario, table, reference, "\(rows.count)", differences], missing: missing,
        surplus: surplus))
  }

  /// A table, and below it the first rows that differ.
  var text: String {
    let header = ["engine", "case", "table", "compared with", "rows", "result"]
    let lines = [header] + entries.map(\.cells)
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let table = lines.map { cells in
      zip(cells, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
    }
    let differences = entries.flatMap { entry in
      entry.missing.prefix(5).map { "missing in \(entry.cells[2]) (\(entry.cells[1])): \($0)" }
        + entry.surplus.prefix(5).map { "unexpected in \(entry.cells[2]) (\(entry.cells[1])): \($0)" }
    }
    return (table + differences).joined(separator: "\n")
  }
}
