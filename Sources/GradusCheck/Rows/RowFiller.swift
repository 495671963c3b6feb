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
      for number in numbers {
        var rows = tables.map { GeneratedRow(table: $0.key, $0.value, number: number, maker) }
        // A table that refers to another one's row has to wait for it, perhaps through several.
        while true {
          let before = rows.count
          rows = try rows.filter { row in
            let refusal = try insert(row)
            problems[row.table] = refusal?.message
            return refusal?.isRetriable ?? false
          }
          if rows.isEmpty || rows.count == before { break }
        }
      }
    }
    return try problems.filter { table, _ in try isEmpty(table) }
  }

  private struct Refusal {
    var message: String
    var isRetriable = false
  }

  private var tables: [(key: String, value: CatalogTable)] {
    catalog.tables.filter { name, table in
      !Bookkeeping.namesWithQueue.contains(name) && !table.isVirtual
    }.sorted { $0.key < $1.key }
  }

  private var maker: ValueMaker {
    ValueMaker(engine: connection.engine, enumerations: catalog.enumerations)
  }

  /// Nil where the row is there now, or was before.
  private func insert(_ row: GeneratedRow) throws -> Refusal? {
    if let column = row.unknownColumn { return Refusal(message: "no values are known for \(column)") }
    var refusal: Refusal?
    for attempt in row.attempts {
      do {
        try Savepoint.run(on: connection) { _ = try connection.execute(row.sql, attempt) }
        return nil
      } catch let error as SQLError {
        switch error.code {
        case .uniqueViolation: return nil
        case .foreignKeyViolation: refusal = Refusal(message: error.message, isRetriable: true)
        case .checkViolation: refusal = refusal ?? Refusal(message: error.message)
        case .connectionLost, .cancelled, .diskFull: throw error
        default: return Refusal(message: error.message)
        }
      }
    }
    return refusal
  }

  private func isEmpty(_ table: String) throws -> Bool {
    try connection.queryRow("SELECT 1 FROM \(SQLText.identifier(table)) LIMIT 1") == nil
  }
}
