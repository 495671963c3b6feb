import Gradus
import GradusCatalog
import GradusSQL

/// What the tables of a database hold, to be compared with what they held before. Names are as the engine compares them.
struct RowSnapshot: Sendable {
  /// A table's rows.
  struct Table: Sendable {
    /// The types of columns that the database does not compute, as the engine has them.
    var types: [String: String] = [:]
    /// The sets of columns of which each row has other values.
    var keys: [[String]] = []
    /// The values of each row by column, as texts; NULL is left out.
    var rows: [[String: String]] = []

    /// How many rows hold each value of a column.
    func values(of column: String) -> [String: Int] {
      rows.reduce(into: [:]) { counts, row in
        if let value = row[column] { counts[value, default: 0] += 1 }
      }
    }

    /// Whether a row that holds a value of a column holds one in another table, too: the row of the same key.
    func keepsValues(of column: String, in other: Table) -> Bool {
      keys.contains { key in
        guard !key.isEmpty, !key.contains(column) else { return false }
        let others = other.rows.filter { $0[column] != nil }.map { row in key.map { row[$0] } }
        let own = rows.filter { $0[column] != nil }.map { row in key.map { row[$0] } }
        return Set(own).isSubset(of: others) && own.allSatisfy { !$0.contains(nil) }
      }
    }
  }

  /// The tables by name.
  private(set) var tables: [String: Table] = [:]

  /// - Throws: `SQLError`.
  init(_ connection: Connection) throws {
    let engine = connection.engine
    for (name, table) in try CatalogReader.read(connection).tables
    where !Bookkeeping.namesWithQueue.contains(name) && !table.isVirtual {
      tables[engine.folded(name)] = try Self.read(name, table, connection)
    }
  }

  private static func read(
    _ name: String, _ definition: CatalogTable, _ connection: Connection
  ) throws -> Table {
    let engine = connection.engine
    let columns = definition.columns.filter { !$0.isComputed }
    let names = columns.map { engine.folded($0.name) }
    var table = Table()
    table.types = Dictionary(zip(names, columns.map(\.type)), uniquingKeysWith: { first, _ in first })
    table.keys = definition.uniqueKeys.map { $0.map(engine.folded) }
    let texts = columns.map { column -> String in
      let name = SQLText.identifier(column.name)
      return switch engine {
      case .sqlite: "CASE WHEN \(name) IS NOT NULL THEN quote(\(name)) END"
      case .postgres: "\(name)::text"
      }
    }
    let list = (["1"] + texts).joined(separator: ", ")
    try connection.forEachRow("SELECT \(list) FROM \(SQLText.identifier(name))") { row in
      let values = zip(names, row.values.dropFirst()).compactMap { name, value in
        value.text.map { (name, $0) }
      }
      table.rows.append(Dictionary(values, uniquingKeysWith: { first, _ in first }))
    }
    return table
  }
}
