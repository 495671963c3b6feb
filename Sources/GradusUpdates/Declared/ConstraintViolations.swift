/// Rows violate a constraint, and may not or cannot be deleted.
struct ConstraintViolations: Error, CustomStringConvertible {
  let constraint: String
  let table: String
  /// How many; nil where the declaration has no SQL that tells.
  let count: Int?
  /// Whether they were to be deleted, and stay.
  let isToDelete: Bool

  var description: String {
    if count == 0 {
      return
        "rows violate '\(constraint)' on '\(table)', but the declared check finds none; make it the constraint's"
    }
    let rows = count.map { $0 == 1 ? "1 row violates" : "\($0) rows violate" } ?? "rows violate"
    if isToDelete {
      return
        "\(rows) '\(constraint)' on '\(table)', and delete_violations does not get rid of them: a column of 'key' is NULL there, a trigger keeps them, or they are written again; mend them by hand"
    }
    return "\(rows) '\(constraint)' on '\(table)'; mend them, or declare delete_violations"
  }
}
