import Gradus
import GradusSQL

/// The rows of a database as sorted lines, to compare two databases.
struct TableContents: Sendable, Hashable {
  /// A line a row, by table.
  var lines: [String: [String]]

  /// Reads all tables but those of bookkeeping.
  ///
  /// - Parameters:
  ///   - connection: a connection to the database.
  ///   - ignoring: further tables to leave out.
  /// - Throws: `SQLError`.
  static func read(_ connection: Connection, ignoring: Set<String> = []) throws -> TableContents {
    let hidden = try ignoring.union(shadowTables(connection)).union(Bookkeeping.namesWithQueue)
    let tables = try CatalogTables.names(connection).filter { name in
      !name.hasPrefix("gradus_") && !hidden.contains(name)
    }
    var lines: [String: [String]] = [:]
    for table in tables {
      lines[table] = try connection.query("SELECT * FROM \(SQLText.identifier(table))").map { row in
        zip(row.columns.names, row.values).map { "\($0)=\($1)" }.sorted().joined(separator: " ")
      }.sorted()
    }
    return TableContents(lines: lines)
  }

  /// How a virtual table keeps its rows: the same rows may look different there.
  private static func shadowTables(_ connection: Connection) throws -> Set<String> {
    guard connection.engine == .sqlite else { return [] }
    return Set(
      try connection.query("SELECT name FROM pragma_table_list WHERE type = 'shadow'").map { try $0.text(0) })
  }

  /// What another database has more (`+`) and less (`-`), as lines; the first few of each table.
  ///
  /// - Parameters:
  ///   - other: the other database's.
  ///   - limit: how many lines of a table at most.
  public func differences(_ other: TableContents, limit: Int = 5) -> [String] {
    Set(lines.keys).union(other.lines.keys).sorted().flatMap { table in
      let difference = (other.lines[table] ?? []).difference(from: lines[table] ?? [])
      return difference.prefix(limit).map { change in
        switch change {
        case .insert(_, let line, _): "+ \(table): \(line)"
        case .remove(_, let line, _): "- \(table): \(line)"
        }
      }
    }
  }
}
