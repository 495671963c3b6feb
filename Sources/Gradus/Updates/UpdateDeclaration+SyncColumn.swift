package import GradusSQL

extension UpdateDeclaration {
  /// A column that is computed from others of its row, and kept so whichever version of the application writes.
  ///
  /// The migration step makes a trigger; the update of the declaration's name fills the rows that are there.
  public struct SyncColumn: Sendable, Hashable {
    /// The table.
    public var table: String
    /// The table's key.
    public var key: [String]
    /// The columns that `using` reads.
    public var from: [String]
    /// The column that is computed.
    public var to: String
    /// Its value, as SQL over the row's columns. Equal columns must give equal values at any time.
    public var using: EngineSQL
    /// The value of the one column of `from`, as SQL over the row's columns, for writers that write `to` alone; nil
    /// where there are none.
    public var reverse: EngineSQL?

    /// - Parameters:
    ///   - table: the table.
    ///   - key: its key.
    ///   - from: the columns that `using` reads.
    ///   - to: the column that is computed.
    ///   - using: its value.
    ///   - reverse: the value of `from` where `to` alone was written.
    public init(
      table: String, key: [String], from: [String], to: String, using: EngineSQL, reverse: EngineSQL? = nil
    ) {
      self.table = table
      self.key = key
      self.from = from
      self.to = to
      self.using = using
      self.reverse = reverse
    }

    /// The rows that are not as they should be, as SQL.
    ///
    /// Compared by bytes: what a collation or a type takes for equal may be what a reader tells apart.
    ///
    /// - Parameter connection: the connection that will read it, of an engine that the declaration has SQL for.
    /// - Throws: `SQLError` where the column's type cannot be looked up.
    package func isWrong(on connection: Connection) throws -> String {
      switch connection.engine {
      case .sqlite: return isWrongOnSQLite
      case .postgres:
        let column = GradusSQL.SQLText.identifier(to)
        // A value gets the column's type first, such as its number of decimals: it would never be equal otherwise.
        guard let type = try columnType(on: connection) else {
          return "\(column) IS DISTINCT FROM \(value(.postgres))"
        }
        return "ROW(\(column))::record *<> ROW(CAST(\(value(.postgres)) AS \(type)))"
      }
    }

    /// The rows that are not as they should be, as SQL for SQLite.
    var isWrongOnSQLite: String {
      "\(GradusSQL.SQLText.identifier(to)) COLLATE BINARY IS NOT \(value(.sqlite))"
    }

    private func value(_ engine: Engine) -> String { "(\n\(using.byEngine[engine] ?? "NULL")\n)" }

    /// The type of the column, as PostgreSQL writes it; nil where there is no such column.
    private func columnType(on connection: Connection) throws -> String? {
      try connection.queryRow(
        """
        SELECT format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped
        """, [.text(GradusSQL.SQLText.identifier(table)), .text(to)])?.text(0)
    }
  }

  /// The synchronised column, of an update of that kind.
  package var syncColumn: SyncColumn? {
    if case .syncColumn(let sync) = kind { sync } else { nil }
  }

  /// The update whose trigger this removes, of an entry of that kind.
  var droppedSync: String? {
    if case .dropSync(let name) = kind { name } else { nil }
  }
}
