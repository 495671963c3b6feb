extension UpdateDeclaration {
  /// A constraint to add to a table that has rows.
  ///
  /// On PostgreSQL the migration step adds it `NOT VALID`, and the update validates it. On SQLite, which has no
  /// unvalidated constraints, the migration step rebuilds the table with it.
  public struct Constraint: Sendable, Hashable {
    /// The table.
    public var table: String
    /// The constraint's name. That of a NOT NULL is for PostgreSQL, where a check stands in until all rows are seen.
    public var name: String
    /// The table's key, by which PostgreSQL's rows are walked to delete violating ones.
    public var key: [String]
    /// What must hold.
    public var rule: Rule
    /// Whether rows that violate it are deleted.
    public var deletesViolations: Bool

    /// What must hold for each row.
    public enum Rule: Sendable, Hashable {
      /// A column is not NULL.
      case notNull(column: String)
      /// A condition, as SQL, is not false.
      case check(String)
      /// Columns name a row of another table.
      case foreignKey(ForeignKey)
    }

    /// A foreign key.
    public struct ForeignKey: Sendable, Hashable {
      /// The referencing columns.
      public var columns: [String]
      /// The referenced table.
      public var parent: String
      /// Its columns, unique together.
      public var parentColumns: [String]
      /// What happens to a row when its parent is deleted; nil for the engine's default, an error.
      public var onDelete: Action?
      /// Whether it is checked at the end of a transaction only.
      public var isDeferred: Bool

      /// - Parameters:
      ///   - columns: the referencing columns.
      ///   - parent: the referenced table.
      ///   - parentColumns: its columns.
      ///   - onDelete: what happens when the parent is deleted.
      ///   - isDeferred: whether it is checked at the end of a transaction only.
      public init(
        columns: [String], parent: String, parentColumns: [String], onDelete: Action? = nil,
        isDeferred: Bool = false
      ) {
        self.columns = columns
        self.parent = parent
        self.parentColumns = parentColumns
        self.onDelete = onDelete
        self.isDeferred = isDeferred
      }

      /// What happens to a row when its parent is deleted.
      public enum Action: String, Sendable, Hashable, CaseIterable {
        /// The row is deleted too.
        case cascade
        /// Its columns become NULL.
        case setNull = "set_null"
        /// The parent cannot be deleted.
        case restrict
        /// The parent cannot be deleted, which may be checked later.
        case noAction = "no_action"
      }
    }

    /// - Parameters:
    ///   - table: the table.
    ///   - name: the constraint's name.
    ///   - key: the table's key; needed to delete rows.
    ///   - rule: what must hold.
    ///   - deletesViolations: whether rows that violate it are deleted.
    public init(table: String, name: String, key: [String] = [], rule: Rule, deletesViolations: Bool = false)
    {
      self.table = table
      self.name = name
      self.key = key
      self.rule = rule
      self.deletesViolations = deletesViolations
    }
  }
}
