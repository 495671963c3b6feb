/// Rows violate a constraint and may not be deleted.
struct ConstraintViolations: Error, CustomStringConvertible {
  let constraint: String
  let table: String
  /// How many; nil where the declaration has no SQL that tells.
  let count: Int?

  var description: String {
    if count == 0 {
      return
        "rows violate '\(constraint)' on '\(table)', but the declared check finds none; make it the constraint's"
    }
    let rows = count.map { $0 == 1 ? "1 row violates" : "\($0) rows violate" } ?? "rows violate"
    return "\(rows) '\(constraint)' on '\(table)'; mend them, or declare delete_violations"
  }
}
