import Gradus
import GradusCatalog
import GradusSQL

/// What the tables of a database hold, column by column, to be compared with what they held before. Names are as the
/// engine compares them.
struct RowSnapshot: Sendable {
  /// A table's rows.
  struct Table: Sendable {
    /// How many there are.
    var count = 0
    /// The columns that the database does not compute, by name.
    var columns: [String: Column] = [:]
  }

  /// A column's values.
  struct Column: Sendable {
    /// The type as the engine has it.
    var type: String
    /// How many rows hold each value, as a text; NULL is left out.
    var values: [String: Int] = [:]

    /// How many rows hold a value.
    var count: Int { values.values.reduce(0, +) }

    /// Whether a value is held by fewer rows in another one.
    func hasOthers(than other: Column) -> Bool {
      values.contains { other.values[$0.key, default: 0] < $0.value }
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
    for (name, column) in zip(names, columns) { table.columns[name] = Column(type: column.type) }
    let texts = columns.map { column -> String in
      let name = SQLText.identifier(column.name)
      return switch engine {
      case .sqlite: "CASE WHEN \(name) IS NOT NULL THEN quote(\(name)) END"
      case .postgres: "\(name)::text"
      }
    }
    let list = (["1"] + texts).joined(separator: ", ")
    try connection.forEachRow("SELECT \(list) FROM \(SQLText.identifier(name))") { row in
      table.count += 1
      for (name, value) in zip(names, row.values.dropFirst()) {
        if let text = value.text { table.columns[name]?.values[text, default: 0] += 1 }
      }
    }
    return table
  }
}
