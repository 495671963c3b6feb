import GradusSQL

/// Finds what of a query has ceased to work from one schema to another. Pure.
///
/// What did not work on the query's own schema, such as a row that a check refuses, is no fault of the newer one.
enum QueryComparison {
  /// The first thing that has ceased to work; nil where all works.
  static func breakage(from old: QueryTrial, to new: QueryTrial) -> String? {
    guard let before = old.description else { return nil }
    guard let after = new.description else { return new.refusal?.message ?? "cannot be prepared" }
    let names = before.columns.map(\.name)
    // Columns that joined at the end are what `SELECT *` gets; a reader by name or place does not see them.
    guard Array(after.columns.map(\.name).prefix(names.count)) == names else {
      return "returns \(list(after.columns.map(\.name))) instead of \(list(names))"
    }
    for (label, outcome) in old.outcomes.sorted(by: { order($0.key) < order($1.key) }) {
      guard case .works(let nulls) = outcome, let other = new.outcomes[label] else { continue }
      switch other {
      case .fails(let failure): return "\(failure.message) (\(label))"
      case .doesNotEnd: return "does not end any more (\(label))"
      case .works(let newNulls):
        let known = old.outcomes.values.reduce(into: nulls) { all, outcome in
          if case .works(let nulls) = outcome { all.formUnion(nulls) }
        }
        if let column = newNulls.subtracting(known).filter(names.contains).sorted().first {
          return "reads NULL from '\(column)', which was never NULL (\(label))"
        }
      }
    }
    return nil
  }

  /// What is not refused, but otherwise than it was: types of what is read.
  static func warning(from old: QueryTrial, to new: QueryTrial) -> String? {
    guard let before = old.description?.columns, let after = new.description?.columns else { return nil }
    for (column, other) in zip(before, after) where column.type != other.type {
      guard let type = column.type, let otherType = other.type else { continue }
      return "'\(column.name)' was \(type), and is \(otherType)"
    }
    return nil
  }

  /// The plain probes first: their messages say most.
  private static func order(_ label: String) -> String { (label.contains(",") ? "2" : "1") + label }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }
}
