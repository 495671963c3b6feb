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
    /// - Parameter engine: the engine that will read it; one that the declaration has SQL for.
    package func isWrong(on engine: Engine) -> String {
      let value = "(\n\(using.byEngine[engine] ?? "NULL")\n)"
      return switch engine {
      case .sqlite: "\(GradusSQL.SQLText.identifier(to)) IS NOT \(value)"
      case .postgres: "\(GradusSQL.SQLText.identifier(to)) IS DISTINCT FROM \(value)"
      }
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
