import GradusSQL

/// The values to try for a row, one set after the other: the plain ones, then those that differ in one column, and so on.
///
/// An engine does not say which column is to blame. But where another check refuses a row than before, the change has
/// satisfied one: from there it goes on first, so that checks which have nothing to do with each other are satisfied one by
/// one.
struct RowAttempts: Sendable {
  /// What may stand in a column in place of its plain value.
  struct Alternatives: Sendable {
    var column: Int
    var values: [SQLValue]
  }

  private static let most = 200

  private let plain: [SQLValue]
  private var alternatives: [Alternatives]
  private var untried: [[SQLValue]]
  /// Those from which to go on when nothing better is left.
  private var refused: [[SQLValue]] = []
  private var last: [SQLValue] = []
  private var seen: Set<[SQLValue]>
  private var checks: Set<String> = []
  private var count = 0

  init(_ values: [SQLValue], _ alternatives: [Alternatives]) {
    plain = values
    self.alternatives = alternatives
    untried = [values]
    seen = [values]
  }

  /// The next values; nil where enough has been tried.
  mutating func next() -> [SQLValue]? {
    while untried.isEmpty {
      guard !refused.isEmpty else { return nil }
      untried = variants(of: refused.removeFirst())
    }
    guard count < Self.most else { return nil }
    count += 1
    last = untried.removeFirst()
    return last
  }

  /// Notes why the last values were refused.
  mutating func note(_ error: SQLError) {
    let isByCheck = error.code == .checkViolation
    if isByCheck, checks.insert(error.message).inserted {
      untried = variants(of: last) + untried
    } else if isByCheck || error.code == .foreignKeyViolation || count == 1 {
      refused.append(last)
    }
    // What else is refused is no value of the column's type: nothing comes of it with other values beside it.
  }

  /// Takes what else may stand in columns, and goes on with that beside the last values: first in all of them at once, but
  /// for NULL.
  mutating func add(_ more: [Alternatives]) {
    alternatives = more + alternatives
    var all = last
    for alternative in more where all[alternative.column] != .null {
      all[alternative.column] = alternative.values.first ?? all[alternative.column]
    }
    untried = (seen.insert(all).inserted ? [all] : []) + variants(of: last) + untried
  }

  /// What has been changed already was changed for a reason, and comes last.
  private mutating func variants(of values: [SQLValue]) -> [[SQLValue]] {
    let unchanged = alternatives.filter { values[$0.column] == plain[$0.column] }
    let changed = alternatives.filter { values[$0.column] != plain[$0.column] }
    var variants: [[SQLValue]] = []
    for alternative in unchanged + changed {
      for value in alternative.values {
        var variant = values
        variant[alternative.column] = value
        if seen.insert(variant).inserted { variants.append(variant) }
      }
    }
    return variants
  }
}
