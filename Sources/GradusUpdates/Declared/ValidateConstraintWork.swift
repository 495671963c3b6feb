import Gradus
import GradusSQL

/// A declared validation of a constraint that a delta added `NOT VALID`.
///
/// PostgreSQL validates it at once; where rows violate it and may be deleted, they are deleted in batches and it is
/// validated again. SQLite has no unvalidated constraints: there the rows are checked, and deleted where that is
/// declared.
struct ValidateConstraintWork: UpdateWork {
  let name: String
  let constraint: UpdateDeclaration.ValidateConstraint

  struct Progress: UpdateProgress, Codable {
    enum State: String, Codable {
      case validate
      case check
    }
    /// What the next batch does; to validate at first.
    var state: State?
    /// The key of the last row that was checked.
    var lowerBound: [KeyValue]?

    enum CodingKeys: String, CodingKey {
      case state
      case lowerBound = "lower_bound"
    }
  }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    let progress = try Progress(json: progress)
    if (progress.state ?? .validate) == .check { return try check(progress, size: size, connection) }
    switch connection.engine {
    case .sqlite: return try validateOnSQLite(connection)
    case .postgres: return try validateOnPostgres(connection)
    }
  }

  private func validateOnSQLite(_ connection: Connection) throws -> BatchResult<String> {
    guard let check = constraint.check else { return BatchResult(next: nil, scanned: 1, written: 0) }
    let violations = try connection.query(
      "SELECT 1 FROM \(SQLText.identifier(constraint.table)) WHERE NOT (\(check)) LIMIT 1000")
    return try afterValidation(violations: violations.count)
  }

  private func validateOnPostgres(_ connection: Connection) throws -> BatchResult<String> {
    let table = SQLText.identifier(constraint.table)
    try connection.execute("SAVEPOINT validation")
    do {
      try connection.execute(
        "ALTER TABLE \(table) VALIDATE CONSTRAINT \(SQLText.identifier(constraint.constraint))")
    } catch let error as SQLError where error.code == .checkViolation || error.code == .foreignKeyViolation {
      try connection.execute("ROLLBACK TO SAVEPOINT validation")
      return try afterValidation(violations: 1)
    }
    // Cheap now: the validated check tells PostgreSQL that no row is NULL.
    if let column = constraint.setNotNull {
      try connection.execute("ALTER TABLE \(table) ALTER COLUMN \(SQLText.identifier(column)) SET NOT NULL")
    }
    return try afterValidation(violations: 0)
  }

  private func afterValidation(violations: Int) throws -> BatchResult<String> {
    guard violations > 0 else { return BatchResult(next: nil, scanned: 1, written: 0) }
    guard constraint.deletesViolations else {
      throw UpdateFailure.violations(update: name, constraint: constraint.constraint, count: violations)
    }
    return BatchResult(next: Progress(state: .check).json, scanned: 0, written: 0)
  }

  private func check(_ progress: Progress, size: Int, _ connection: Connection) throws -> BatchResult<String>
  {
    let slice = try KeyRange.next(
      table: constraint.table, key: constraint.key, past: progress.lowerBound, size: size, on: connection)
    guard let (range, rows) = slice, let check = constraint.check else {
      return BatchResult(next: Progress(state: .validate).json, scanned: 0, written: 0)
    }
    // A check is satisfied where it is not false; NULL passes.
    let deleted = try connection.execute(
      "DELETE FROM \(SQLText.identifier(constraint.table)) WHERE \(range.condition()) AND NOT (\(check))",
      range.parameters)
    return BatchResult(
      next: Progress(state: .check, lowerBound: range.upper).json, scanned: rows, written: deleted,
      skipped: deleted > 0 ? ["deleted, violates \(constraint.constraint)": deleted] : [:])
  }

  func verify(_ progress: String, on connection: Connection) throws -> Verification {
    .passed("all rows satisfy \(constraint.constraint)")
  }
}
