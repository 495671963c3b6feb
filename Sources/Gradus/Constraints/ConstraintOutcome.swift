/// What adding a constraint in the migration step came to.
struct ConstraintOutcome {
  /// Rows looked at.
  var scanned: Int
  /// Rows deleted.
  var deleted: Int
  /// What is known of the rows now.
  var verified: String
}
