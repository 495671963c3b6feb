import Gradus
import GradusCatalog
import GradusSQL

/// Writes generated rows into every table, so that what a delta or a query does to rows is seen.
///
/// A row is made from its number: a column of text holds `v7001` in row 7001, one of numbers 7001, so that what refers to
/// another table finds its row there. In rows of even numbers all that may be NULL is NULL.
struct RowFiller {
  private let connection: Connection
  private let catalog: Catalog
  /// The tables of which SQLite looks at a foreign key when all is to be committed.
  private let deferred: Set<String>
  /// What took back all rows when it was tried, as by SQLite's RAISE(ROLLBACK), with the error.
  private var refused: [Attempt: SQLError] = [:]

  /// The values of a row of a table.
  private struct Attempt: Hashable {
    var table: String
    var values: [SQLValue]
  }

  /// - Parameters:
  ///   - connection: a connection to a scratch database.
  ///   - catalog: its schema.
  init(_ connection: Connection, _ catalog: Catalog) {
    self.connection = connection
    self.catalog = catalog
    let deferred = catalog.tables.filter { _, table in
      connection.engine == .sqlite
        && table.constraints.contains {
          $0.kind == .foreignKey && $0.definition.hasSuffix(" deferrable initially deferred")
        }
    }
    self.deferred = Set(deferred.keys)
  }

  /// The numbers of rows: large, so that they are not those that deltas themselves insert, and fit into 16 bits.
  static func numbers(_ places: Range<Int>) -> [Int] { places.map { 7_001 + $0 } }

  /// Writes rows of these numbers.
  ///
  /// - Returns: the tables that have no row at all afterwards, with the reason.
  /// - Throws: `SQLError` where the database itself fails.
  func fill(_ numbers: [Int]) throws -> [String: String] {
    var filler = self
    while true {
      do {
        return try filler.fillAtOnce(numbers)
      } catch let error as RolledBack {
        filler.refused[error.attempt] = error.error
      }
    }
  }

  /// Rows whose INSERT has taken back the whole transaction: all is done again without.
  private struct RolledBack: Error {
    var attempt: Attempt
    var error: SQLError
  }

  private func fillAtOnce(_ numbers: [Int]) throws -> [String: String] {
    var problems: [String: String] = [:]
    try connection.transaction { _ in
      if connection.engine == .postgres { try connection.execute("SET CONSTRAINTS ALL IMMEDIATE") }
      for number in numbers { problems.merge(try fill(number)) { first, _ in first } }
    }
    let empty = try catalog.tablesToFill.map(\.name).filter(isEmpty)
    return Dictionary(
      uniqueKeysWithValues: empty.map { ($0, problems[$0] ?? "an INSERT is not refused, and leaves no row") })
  }

  /// Tables with rows that refer to none, which a commit would refuse.
  private struct Dangling: Error {
    var tables: Set<String>
  }

  /// Writes a row into each table. Deferred keys may refer to what comes later, as in a circle; where nothing has come, all
  /// is done again without.
  ///
  /// - Returns: the tables that do not take it, with the reason.
  private func fill(_ number: Int) throws -> [String: String] {
    var strict: Set<String> = []
    while true {
      do {
        return try Savepoint.run(on: connection) {
          let problems = try fill(number, strict)
          let dangling = try deferred.subtracting(strict).filter { try danglingRows($0) > 0 }
          if !dangling.isEmpty { throw Dangling(tables: dangling) }
          return problems
        }
      } catch let error as Dangling {
        strict.formUnion(error.tables)
      }
    }
  }

  /// - Parameter strict: the tables whose deferred keys have to refer to what is there.
  private func fill(_ number: Int, _ strict: Set<String>) throws -> [String: String] {
    let maker = ValueMaker(catalog, on: connection.engine)
    var rows = catalog.tablesToFill.map { name, table in
      GeneratedRow(
        table: name, table, bounds: catalog.bounds(ofPartitionsOf: name), number: number, maker)
    }
    var problems: [String: String] = [:]
    // Where tables refer to each other in a circle, one has to wait for another. What waits in vain refers to any row.
    var refersToAny = false
    while true {
      let before = rows.count
      rows = try rows.filter { row in
        let refusal = try insert(row, isStrict: strict.contains(row.table), refersToAny: refersToAny)
        problems[row.table] = refusal?.message
        return refusal?.isRetriable ?? false
      }
      if rows.isEmpty || rows.count == before && refersToAny { return problems }
      if rows.count == before { refersToAny = true }
    }
  }

  private struct Refusal {
    /// Why the plain values were refused: others may have been for what they are.
    var message: String
    /// Whether a row of another table was missing, which may yet come.
    var isRetriable = false
  }

  /// Nil where the row is there now, or was before.
  ///
  /// - Parameters:
  ///   - row: the row.
  ///   - isStrict: whether deferred keys have to refer to what is there.
  ///   - refersToAny: whether it may refer to rows of other numbers.
  private func insert(_ row: GeneratedRow, isStrict: Bool, refersToAny: Bool) throws -> Refusal? {
    if let column = row.unknownColumn { return Refusal(message: "no values are known for \(column)") }
    var attempts = row.attempts
    var refusal: Refusal?
    var knowsParents = !refersToAny
    while let values = attempts.next() {
      do {
        try Savepoint.run(on: connection) { try insert(values, row, isStrict: isStrict) }
        return nil
      } catch let error as SQLError {
        refusal = refusal ?? Refusal(message: error.message)
        switch error.code {
        case .uniqueViolation: return nil
        case .foreignKeyViolation:
          refusal?.isRetriable = true
          if !knowsParents {
            knowsParents = true
            attempts.add(try ParentValues(connection: connection, catalog: catalog).alternatives(for: row))
          }
        // Other values may be taken.
        case .checkViolation, .notNullViolation, .unexpectedValue, .other: break
        case .connectionLost, .cancelled, .diskFull: throw error
        default: return refusal
        }
        attempts.note(error)
      }
    }
    return refusal
  }

  private func insert(_ values: [SQLValue], _ row: GeneratedRow, isStrict: Bool) throws {
    let attempt = Attempt(table: row.table, values: values)
    if let error = refused[attempt] { throw error }
    let before = isStrict ? try danglingRows(row.table) : 0
    do {
      try connection.execute(row.sql, values)
    } catch let error as SQLError where !connection.isInTransaction {
      switch error.code {
      case .checkViolation, .notNullViolation, .uniqueViolation:
        throw RolledBack(attempt: attempt, error: error)
      default: throw error
      }
    }
    guard isStrict, try danglingRows(row.table) > before else { return }
    throw SQLError(.foreignKeyViolation, "a foreign key refers to a row that is not there")
  }

  private func danglingRows(_ table: String) throws -> Int64 {
    let sql = "SELECT count(*) FROM pragma_foreign_key_check($1)"
    do {
      return try connection.queryRow(sql, [.text(table)])?.integer(0) ?? 0
    } catch let error as SQLError where error.code == .other {
      // What is referred to is no key of the other table: then no INSERT is taken.
      return 0
    }
  }

  private func isEmpty(_ table: String) throws -> Bool {
    try connection.queryRow("SELECT 1 FROM \(SQLText.identifier(table)) LIMIT 1") == nil
  }
}
