/// What moving a database from SQLite to PostgreSQL has to know beyond the schema.
public struct PortDeclaration: Sendable, Hashable {
  /// Where each sequence that belongs to no column goes on, by its name.
  public var sequences: [String: SequenceSource]
  /// Derived tables that are not copied but built anew on the target.
  public var rebuilds: [Rebuild]

  /// A column of a table.
  public struct Column: Sendable, Hashable, CustomStringConvertible {
    /// The table.
    public var table: String
    /// The column.
    public var name: String

    /// - Parameters:
    ///   - table: the table.
    ///   - name: the column.
    public init(table: String, name: String) {
      self.table = table
      self.name = name
    }

    /// `table.column`.
    public var description: String { "\(table).\(name)" }
  }

  /// What a sequence has given out.
  public enum SequenceSource: Sendable, Hashable {
    /// The columns hold its numbers: it goes on after their greatest.
    case greatestOf([Column])
    /// The column holds its numbers negated: it goes on after the negated lowest.
    case lowestOf(Column)

    /// The columns.
    public var columns: [Column] {
      switch self {
      case .greatestOf(let columns): columns
      case .lowestOf(let column): [column]
      }
    }
  }

  /// Derived tables that belong together, and what fills them.
  public struct Rebuild: Sendable, Hashable {
    /// The tables, some of which may be on one engine only.
    public var tables: [String]
    /// Statements that prepare them on the target.
    public var sql: [String]
    /// The updates to queue there.
    public var queue: [QueuedUpdate]

    /// - Parameters:
    ///   - tables: the tables.
    ///   - sql: statements that prepare them on the target.
    ///   - queue: the updates to queue there.
    public init(tables: [String], sql: [String] = [], queue: [QueuedUpdate] = []) {
      self.tables = tables
      self.sql = sql
      self.queue = queue
    }
  }

  /// - Parameters:
  ///   - sequences: where each free sequence goes on.
  ///   - rebuilds: the derived tables that are built anew.
  public init(sequences: [String: SequenceSource] = [:], rebuilds: [Rebuild] = []) {
    self.sequences = sequences
    self.rebuilds = rebuilds
  }
}
