import Gradus
import GradusSQL

/// One way in which a query is tried: executions, one after the other, whose changes are undone afterwards.
struct QueryProbe: Sendable, Hashable {
  /// What is tried, for messages.
  var label: String
  /// The parameters of each execution.
  var executions: [[SQLValue]]
}

extension QueryProbe {
  /// The rows that `RowFiller` makes before the upgrade, and after it.
  static let oldRows = RowFiller.numbers(0..<2)
  static let newRows = RowFiller.numbers(2..<4)
  /// A row that is nowhere.
  private static let freshRow = 8_001

  /// The ways in which a query is tried: with the generated rows and a new one; and where it writes, with NULL and with
  /// values at the edge in each parameter, and twice with values that differ in one parameter, which a new key refuses.
  static func all(
    of query: ApplicationQuery, writes: Bool, types: OwnTypes
  ) -> [QueryProbe] {
    let parameters = query.parameters.map { Source($0, types) }
    func values(_ row: Int) -> [SQLValue] { parameters.map { $0.value(row) } }
    guard !parameters.isEmpty else { return [QueryProbe(label: "as it is", executions: [[]])] }
    let fresh = values(freshRow)
    let first = values(oldRows[0])
    var probes = [QueryProbe(label: "a new row", executions: [fresh])]
    probes += (oldRows + newRows).enumerated().map {
      QueryProbe(label: "row \($0 + 1)", executions: [values($1)])
    }
    // The new row also refers to what is there.
    for (index, parameter) in parameters.enumerated() {
      let name = parameter.name ?? "$\(index + 1)"
      func variant(_ base: [SQLValue], _ value: SQLValue) -> [SQLValue] {
        var values = base
        values[index] = value
        return values
      }
      probes.append(
        QueryProbe(
          label: "row 1 with a new \(name)", executions: [variant(first, parameter.value(freshRow))]))
      guard writes else { continue }
      if parameter.isNullable {
        probes.append(QueryProbe(label: "\(name) is NULL", executions: [variant(fresh, .null)]))
        probes.append(QueryProbe(label: "row 1, \(name) is NULL", executions: [variant(first, .null)]))
      }
      for (number, extreme) in parameter.extremes.enumerated() {
        let label = "\(name) at its edge \(number + 1)"
        probes.append(QueryProbe(label: label, executions: [variant(fresh, extreme)]))
        probes.append(QueryProbe(label: "row 1, \(label)", executions: [variant(first, extreme)]))
      }
      let other = parameter.value(freshRow + 1)
      probes.append(
        QueryProbe(
          label: "twice, only \(name) differs", executions: [fresh, variant(fresh, other)]))
    }
    if writes { probes += sharing(parameters, fresh, values(freshRow + 1)) }
    return probes
  }

  /// Two new rows that share one value, or two where they are few: what a new key of these columns refuses.
  private static func sharing(
    _ parameters: [Source], _ first: [SQLValue], _ second: [SQLValue]
  ) -> [QueryProbe] {
    let names = parameters.enumerated().map { $1.name ?? "$\($0 + 1)" }
    var shared = parameters.indices.map { [$0] }
    if parameters.count <= 8 {
      shared += parameters.indices.flatMap { one in parameters.indices.filter { $0 > one }.map { [one, $0] } }
    }
    return shared.filter { $0.count < parameters.count }.map { indices in
      var other = second
      for index in indices { other[index] = first[index] }
      return QueryProbe(
        label: "twice, with one \(indices.map { names[$0] }.joined(separator: ", "))",
        executions: [first, other])
    }
  }

  /// Where a parameter's values come from.
  private struct Source {
    let name: String?
    let isNullable: Bool
    let kind: ValueKind?
    let values: [String]?

    init(_ parameter: ApplicationQuery.Parameter, _ types: OwnTypes) {
      name = parameter.name
      isNullable = parameter.isNullable
      kind = ValueKind(postgres: parameter.type, types)
      values = parameter.values
    }

    func value(_ row: Int) -> SQLValue {
      guard let values, !values.isEmpty else { return kind?.sample(row) ?? .text("v\(row)") }
      return typed(values[row % values.count])
    }

    var extremes: [SQLValue] { values.map { $0.map(typed) } ?? kind?.extremes ?? [] }

    private func typed(_ text: String) -> SQLValue {
      switch kind {
      case .integer: Int64(text).map { .integer($0) } ?? .text(text)
      case .real, .decimal: Double(text).map { .double($0) } ?? .text(text)
      case .boolean: .boolean(["t", "true", "1"].contains(text.lowercased()))
      default: .text(text)
      }
    }
  }
}
