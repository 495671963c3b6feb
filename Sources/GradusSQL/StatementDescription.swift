/// What an engine says of a statement without running it.
public struct StatementDescription: Sendable, Hashable {
  /// The columns of its result, in order; none where it returns no rows.
  public var columns: [Column]
  /// The types of its parameters, in order, as the engine has inferred them; nil on SQLite, which has none.
  public var parameterTypes: [String]?
  /// How many parameters it has.
  public var parameterCount: Int
  /// The columns that it reads or changes, as SQLite's authorizer names them; nil on PostgreSQL.
  public var uses: Set<ColumnUse>?

  /// - Parameters:
  ///   - columns: the columns of its result.
  ///   - parameterTypes: the inferred types of its parameters.
  ///   - parameterCount: how many parameters it has.
  ///   - uses: the columns that it reads or changes.
  public init(
    columns: [Column], parameterTypes: [String]? = nil, parameterCount: Int, uses: Set<ColumnUse>? = nil
  ) {
    self.columns = columns
    self.parameterTypes = parameterTypes
    self.parameterCount = parameterCount
    self.uses = uses
  }

  /// A column of a result.
  public struct Column: Sendable, Hashable {
    /// Its name.
    public var name: String
    /// Its type; on SQLite that of the table's column, and nil where it is an expression.
    public var type: String?

    /// - Parameters:
    ///   - name: its name.
    ///   - type: its type.
    public init(name: String, type: String?) {
      self.name = name
      self.type = type
    }
  }

  /// A column of a table, and what is done with it.
  public struct ColumnUse: Sendable, Hashable {
    /// The table.
    public var table: String
    /// The column; nil for the table as a whole, such as where rows are inserted, deleted or counted.
    public var column: String?
    /// What is done.
    public var kind: Kind

    /// - Parameters:
    ///   - table: the table.
    ///   - column: the column.
    ///   - kind: what is done.
    public init(table: String, column: String?, kind: Kind) {
      self.table = table
      self.column = column
      self.kind = kind
    }

    /// What is done with a column.
    public enum Kind: String, Sendable, Hashable, Codable {
      /// Its values are read.
      case read
      /// Its values are changed, or rows of its table come or go.
      case write
    }
  }
}
