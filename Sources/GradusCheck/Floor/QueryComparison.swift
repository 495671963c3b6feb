import GradusSQL

/// Finds what of a query has ceased to work from one schema to another. Pure.
///
/// What did not work on the query's own schema, such as a row that a check refuses, is no fault of the newer one.
enum QueryComparison {
  /// The first thing that has ceased to work; nil where all works.
  static func breakage(of kind: QueryKind, from old: QueryTrial, to new: QueryTrial) -> String? {
    guard let before = old.description else { return nil }
    guard let after = new.description else { return new.refusal?.message ?? "cannot be prepared" }
    let names = before.columns.map(\.name)
    // Columns that joined at the end are what `SELECT *` gets; a reader by name or place does not see them.
    guard Array(after.columns.map(\.name).prefix(names.count)) == names else {
      return "returns \(list(after.columns.map(\.name))) instead of \(list(names))"
    }
    // A column of which no row was ever read may be anything.
    let read = old.outcomes.values.compactMap { outcome -> QueryTrial.Effect? in
      if case .works(let effect) = outcome { effect } else { nil }
    }
    let neverNull = read.reduce(into: Set<String>()) { $0.formUnion($1.values) }
      .subtracting(read.flatMap(\.nulls))
    for (label, outcome) in old.outcomes.sorted(by: { order($0.key) < order($1.key) }) {
      guard case .works = outcome, let other = new.outcomes[label] else { continue }
      switch other {
      case .fails(let failure): return "\(failure.message) (\(label))"
      case .doesNotEnd: return "does not end any more (\(label))"
      case .works(let effect):
        if let column = effect.nulls.intersection(neverNull).filter(names.contains).sorted().first {
          return "reads NULL from '\(column)', which was never NULL (\(label))"
        }
      }
    }
    return lostWrite(of: kind, from: old, to: new) ?? lostFollowers(from: old, to: new)
  }

  /// What is not refused and writes no row any more, as where a trigger or a rule swallows it.
  private static func lostWrite(
    of kind: QueryKind, from old: QueryTrial, to new: QueryTrial
  ) -> String? {
    guard !kind.mayWriteNothing, !new.findsNoRows || kind.insertsConstants else { return nil }
    var lost: String?
    for (label, outcome) in old.outcomes.sorted(by: { order($0.key) < order($1.key) }) {
      guard case .works(let before) = outcome, before.written > 0,
        case .works(let after)? = new.outcomes[label]
      else { continue }
      // Which rows there are to change may differ for good reasons: only where none is changed by any probe nothing works.
      if after.written > 0, !kind.insertsConstants { return nil }
      if after.written == 0 { lost = lost ?? label }
    }
    return lost.map { "writes no row any more, and is not refused (\($0))" }
  }

  /// Rows that a foreign key took along, and that stay now by every probe.
  private static func lostFollowers(from old: QueryTrial, to new: QueryTrial) -> String? {
    for table in new.watched.sorted() {
      var lost: String?
      for (label, outcome) in old.outcomes.sorted(by: { order($0.key) < order($1.key) }) {
        guard case .works(let before) = outcome, before.followed.contains(table),
          case .works(let after)? = new.outcomes[label], after.written > 0
        else { continue }
        if after.followed.contains(table) {
          lost = nil
          break
        }
        lost = lost ?? label
      }
      if let lost { return "leaves rows of '\(table)' as they are that went or changed along (\(lost))" }
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
