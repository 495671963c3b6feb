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

  /// - Parameters:
  ///   - connection: a connection to a scratch database.
  ///   - catalog: its schema.
  init(_ connection: Connection, _ catalog: Catalog) {
    self.connection = connection
    self.catalog = catalog
  }

  /// The numbers of rows: large, so that they are not those that deltas themselves insert, and fit into 16 bits.
  static func numbers(_ places: Range<Int>) -> [Int] { places.map { 7_001 + $0 } }

  /// Writes rows of these numbers.
  ///
  /// - Returns: the tables that have no row at all afterwards, with the reason.
  /// - Throws: `SQLError` where the database itself fails.
  func fill(_ numbers: [Int]) throws -> [String: String] {
    var problems: [String: String] = [:]
    try connection.transaction { _ in
      if connection.engine == .postgres { try connection.execute("SET CONSTRAINTS ALL IMMEDIATE") }
      for number in numbers { problems.merge(try fill(number)) { first, _ in first } }
    }
    return try problems.filter { table, _ in try isEmpty(table) }
  }

  /// Writes a row into each table.
  ///
  /// - Returns: the tables that do not take it, with the reason.
  private func fill(_ number: Int) throws -> [String: String] {
    let maker = ValueMaker(catalog, on: connection.engine)
    var rows = catalog.tablesToFill.map { name, table in
      GeneratedRow(
        table: name, table, bounds: catalog.bounds(ofPartitionsOf: name), number: number, maker)
    }
    var problems: [String: String] = [:]
    // Where tables refer to each other in a circle, one has to wait for another.
    while true {
      let before = rows.count
      rows = try rows.filter { row in
        let refusal = try insert(row)
        problems[row.table] = refusal?.message
        return refusal?.isRetriable ?? false
      }
      if rows.isEmpty || rows.count == before { return problems }
    }
  }

  private struct Refusal {
    /// Why the plain values were refused: others may have been for what they are.
    var message: String
    /// Whether a row of another table was missing, which may yet come.
    var isRetriable = false
  }

  /// Nil where the row is there now, or was before.
  private func insert(_ row: GeneratedRow) throws -> Refusal? {
    if let column = row.unknownColumn { return Refusal(message: "no values are known for \(column)") }
    var attempts = row.attempts
    var refusal: Refusal?
    while let values = attempts.next() {
      do {
        try Savepoint.run(on: connection) { _ = try connection.execute(row.sql, values) }
        return nil
      } catch let error as SQLError {
        refusal = refusal ?? Refusal(message: error.message)
        switch error.code {
        case .uniqueViolation: return nil
        case .foreignKeyViolation: refusal?.isRetriable = true
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

  private func isEmpty(_ table: String) throws -> Bool {
    try connection.queryRow("SELECT 1 FROM \(SQLText.identifier(table)) LIMIT 1") == nil
  }
}
