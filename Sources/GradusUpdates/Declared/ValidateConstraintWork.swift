import Gradus
import GradusSQL

/// The validation of a constraint that is on its table `NOT VALID`, added by a delta's SQL or by its declaration.
///
/// PostgreSQL validates it at once; where rows violate it and may be deleted, they are deleted in batches and it is
/// validated again. SQLite has no unvalidated constraints: there the rows are checked, and deleted where that is
/// declared.
struct ValidateConstraintWork: UpdateWork {
  let name: String
  let constraint: UpdateDeclaration.ValidateConstraint
  /// Whether the constraint is a check that stands in for NOT NULL and goes once the column is marked.
  let standsInForNotNull: Bool

  init(name: String, constraint: UpdateDeclaration.ValidateConstraint) {
    self.name = name
    self.constraint = constraint
    standsInForNotNull = false
  }

  /// - Parameter added: a constraint that the migration step adds.
  init(name: String, added: UpdateDeclaration.Constraint) {
    self.name = name
    constraint = .init(
      table: added.table, constraint: added.name, key: added.key, check: added.condition,
      deletesViolations: added.deletesViolations, setNotNull: added.notNullColumn)
    standsInForNotNull = added.notNullColumn != nil
  }

  struct Progress: UpdateProgress, Codable {
    enum State: String, Codable {
      case validate
      case check
      /// The constraint is valid, the column yet to be marked.
      case setNotNull = "set_not_null"
    }
    /// What the next batch does; to validate at first.
    var state: State?
    /// The key of the last row that was checked.
    var lowerBound: [KeyValue]?
    /// How many rows were deleted since the last validation.
    var deleted: Int?
    /// How many rounds in a row have deleted nothing.
    var passes: Int?

    enum CodingKeys: String, CodingKey {
      case state
      case deleted
      case passes
      case lowerBound = "lower_bound"
    }
  }

  var isBrokenOffByStop: Bool { true }

  private var table: String { SQLText.identifier(constraint.table) }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    let progress = try read(progress)
    switch (progress.state ?? .validate, connection.engine) {
    case (.check, _): return try check(progress, size: size, connection)
    case (.validate, .sqlite): return try validateOnSQLite(progress, connection)
    case (.validate, .postgres): return try validateOnPostgres(progress, connection)
    case (.setNotNull, _): return try setNotNull(connection)
    }
  }

  private func read(_ json: String) throws -> Progress {
    var progress: Progress = try decode(json)
    // As the homeserver says that no row has been checked.
    if progress.lowerBound?.isEmpty ?? false { progress.lowerBound = nil }
    guard progress.lowerBound.map({ $0.count == constraint.key.count }) ?? true else {
      throw UpdateFailure.unreadableProgress(update: name, reason: "its key has another number of columns")
    }
    // No table has as many, and a number that more are added to stays one.
    let numbers = 0..<Int.max / 2
    guard numbers.contains(progress.deleted ?? 0), numbers.contains(progress.passes ?? 0) else {
      throw UpdateFailure.unreadableProgress(
        update: name, reason: "'deleted' or 'passes' is no number of rows or rounds")
    }
    return progress
  }

  private func validateOnSQLite(_ progress: Progress, _ connection: Connection) throws -> BatchResult<String>
  {
    guard constraint.check != nil, try countViolations(connection) ?? 0 > 0 else { return completed }
    return try mend(progress, connection)
  }

  private func validateOnPostgres(_ progress: Progress, _ connection: Connection) throws -> BatchResult<
    String
  > {
    if standsInForNotNull, try isNotNull(connection) { return try setNotNull(connection) }
    // It takes as long as it takes, beside reads and writes; a limit for the application's statements is not for it.
    try connection.execute("SET LOCAL statement_timeout = 0")
    try connection.execute("SAVEPOINT validation")
    do {
      try connection.execute(
        "ALTER TABLE \(table) VALIDATE CONSTRAINT \(SQLText.identifier(constraint.constraint))")
    } catch let error as SQLError where error.code == .checkViolation || error.code == .foreignKeyViolation {
      try connection.execute("ROLLBACK TO SAVEPOINT validation")
      return try mend(progress, connection)
    }
    // Marking the column locks out reads, and must not wait for its lock while the validation's work is uncommitted.
    guard constraint.setNotNull != nil else { return completed }
    return BatchResult(next: Progress(state: .setNotNull).json, scanned: 0, written: 0)
  }

  private func isNotNull(_ connection: Connection) throws -> Bool {
    try connection.queryRow(
      "SELECT attnotnull FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2",
      [.text(table), SQLValue(constraint.setNotNull)])?[0].boolean ?? false
  }

  /// Cheap: the validated check tells PostgreSQL that no row is NULL.
  private func setNotNull(_ connection: Connection) throws -> BatchResult<String> {
    guard connection.engine == .postgres, let column = constraint.setNotNull else { return completed }
    try connection.execute("ALTER TABLE \(table) ALTER COLUMN \(SQLText.identifier(column)) SET NOT NULL")
    if standsInForNotNull, try hasStandIn(for: column, connection) {
      try connection.execute(
        "ALTER TABLE \(table) DROP CONSTRAINT \(SQLText.identifier(constraint.constraint))")
    }
    return completed
  }

  /// Whether the constraint of the name says that the column is not NULL. Another one is not the migration's.
  private func hasStandIn(for column: String, _ connection: Connection) throws -> Bool {
    try connection.queryRow(
      """
      SELECT 1 FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2 AND contype = 'c'
        AND regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '')
          = format('CHECK ((%I IS NOT NULL))', $3::text)
      """, [.text(table), .text(constraint.constraint), .text(column)]) != nil
  }

  private var completed: BatchResult<String> { BatchResult(next: nil, scanned: 1, written: 0) }

  /// Goes on to delete violating rows, or says how many there are.
  private func mend(_ progress: Progress, _ connection: Connection) throws -> BatchResult<String> {
    guard constraint.deletesViolations, !isStuck(progress, connection.engine) else {
      throw ConstraintViolations(
        constraint: constraint.constraint, table: constraint.table, count: try countViolations(connection),
        isToDelete: constraint.deletesViolations)
    }
    return BatchResult(next: Progress(state: .check, passes: progress.passes).json, scanned: 0, written: 0)
  }

  /// Whether all rows were checked and none was deleted, so that another round is no better: their key is NULL, a
  /// trigger keeps them, or the declared check is not the constraint's. On SQLite, where nothing keeps writers from
  /// adding such rows behind the check, it takes a few rounds in a row to say so.
  private func isStuck(_ progress: Progress, _ engine: Engine) -> Bool {
    progress.deleted == 0 && (engine == .postgres || progress.passes ?? 0 >= BackfillWork.maxPasses)
  }

  private func countViolations(_ connection: Connection) throws -> Int? {
    guard let check = constraint.check else { return nil }
    let row = try connection.queryRow("SELECT count(*) FROM \(table) WHERE \(violates(check))")
    return Int(try row?.integer(0) ?? 0)
  }

  /// A check is satisfied where it is not false; NULL passes. It may end with a comment, which is not to hide the bracket.
  private func violates(_ check: String) -> String { "NOT (\n\(check)\n)" }

  private func check(_ progress: Progress, size: Int, _ connection: Connection) throws -> BatchResult<String>
  {
    let slice = try KeyRange.next(
      table: constraint.table, key: constraint.key, past: progress.lowerBound, size: size, on: connection)
    guard let (range, rows) = slice, let check = constraint.check else {
      let deleted = progress.deleted ?? 0
      let passes = deleted > 0 ? nil : (progress.passes ?? 0) + 1
      return BatchResult(
        next: Progress(state: .validate, deleted: deleted, passes: passes).json, scanned: 0, written: 0)
    }
    let deleted = try connection.execute(
      "DELETE FROM \(table) WHERE \(range.condition()) AND \(violates(check))", range.parameters)
    return BatchResult(
      next: Progress(
        state: .check, lowerBound: range.upper, deleted: (progress.deleted ?? 0) + deleted,
        passes: progress.passes
      ).json,
      scanned: rows, written: deleted,
      skipped: deleted > 0 ? ["deleted, violates \(constraint.constraint)": deleted] : [:])
  }

  func verify(_ progress: String, on connection: Connection) throws -> Verification {
    guard connection.engine == .postgres || constraint.check != nil else {
      return .passed("not checked: the declaration of \(constraint.constraint) has no 'check'")
    }
    return .passed("all rows satisfy \(constraint.constraint)")
  }
}
