public import GradusSQL

/// A background update as an `.updates.yaml` file declares it.
public struct UpdateDeclaration: Sendable, Hashable {
  /// Its name in the queue.
  public var name: String
  /// What it does.
  public var kind: Kind
  /// The updates that must be complete first.
  public var dependsOn: [String]
  /// Its place in the queue; lower goes first.
  public var ordering: Int
  /// The engines that it is for; on others it is not queued.
  public var engines: Set<Engine>
  /// The file that declares it, for messages.
  public var file: String
  /// Where in the file it begins; nil where it was not read from one.
  public var position: SourcePosition?

  /// What an update does.
  public enum Kind: Sendable, Hashable {
    /// Runs a statement over slices of a table's key.
    case backfill(Backfill)
    /// Takes keys off a queue table, running statements for them.
    case drain(Drain)
    /// Builds an index, on PostgreSQL concurrently.
    case index(Index)
    /// Makes a constraint hold for the rows that were there before it.
    case validateConstraint(ValidateConstraint)
    /// Adds a constraint, and makes it hold for the rows that were there before it.
    case constraint(Constraint)
    /// Keeps a column computed from others, by a trigger, and fills the rows that were there before it.
    case syncColumn(SyncColumn)
    /// Removes the trigger of the synchronised column that an update of this name filled. Never queued.
    case dropSync(String)
    /// Runs a script once.
    case sql(EngineSQL)
    /// Calls a Swift handler that is registered under the update's name.
    case handler
  }

  /// SQL that may differ by engine.
  public struct EngineSQL: Sendable, Hashable {
    /// The text by engine.
    public var byEngine: [Engine: String]

    /// - Parameter byEngine: the text by engine.
    public init(byEngine: [Engine: String]) { self.byEngine = byEngine }
    /// - Parameter text: the text for both engines.
    public init(_ text: String) { byEngine = [.sqlite: text, .postgres: text] }
  }

  /// A statement over slices of a table's key.
  public struct Backfill: Sendable, Hashable {
    /// The table whose key is walked.
    public var table: String
    /// The key, unique together and indexed.
    public var key: [String]
    /// A condition on the rows that need work, for the estimate and to skip slices.
    public var condition: String?
    /// The statement; `{range}` stands for the condition that a row's key is in the slice, `{range:alias}` for the
    /// same on an aliased table.
    public var sql: EngineSQL

    /// - Parameters:
    ///   - table: the table whose key is walked.
    ///   - key: its key.
    ///   - condition: the rows that need work.
    ///   - sql: the statement, with `{range}`.
    public init(table: String, key: [String], condition: String? = nil, sql: EngineSQL) {
      self.table = table
      self.key = key
      self.condition = condition
      self.sql = sql
    }
  }

  /// Statements over keys taken off a queue table.
  public struct Drain: Sendable, Hashable {
    /// The queue table.
    public var table: String
    /// Its key.
    public var key: [String]
    /// The statement; `{range}` as in a backfill, on the queue table.
    public var sql: EngineSQL

    /// - Parameters:
    ///   - table: the queue table.
    ///   - key: its key.
    ///   - sql: the statement, with `{range}`.
    public init(table: String, key: [String], sql: EngineSQL) {
      self.table = table
      self.key = key
      self.sql = sql
    }
  }

  /// An index to build.
  public struct Index: Sendable, Hashable {
    /// The index.
    public var name: String
    /// Its table.
    public var table: String
    /// Its columns or expressions, as SQL.
    public var columns: [String]
    /// Whether it is unique.
    public var isUnique: Bool
    /// The predicate of a partial index, as SQL.
    public var condition: String?
    /// An older index that it replaces and that is dropped after.
    public var replaces: String?

    /// - Parameters:
    ///   - name: the index.
    ///   - table: its table.
    ///   - columns: its columns or expressions, as SQL.
    ///   - isUnique: whether it is unique.
    ///   - condition: the predicate of a partial index.
    ///   - replaces: an index to drop after.
    public init(
      name: String, table: String, columns: [String], isUnique: Bool = false, condition: String? = nil,
      replaces: String? = nil
    ) {
      self.name = name
      self.table = table
      self.columns = columns
      self.isUnique = isUnique
      self.condition = condition
      self.replaces = replaces
    }
  }

  /// A constraint to validate.
  public struct ValidateConstraint: Sendable, Hashable {
    /// The table.
    public var table: String
    /// The constraint, added `NOT VALID` by a delta.
    public var constraint: String
    /// The table's key, by which its rows are walked.
    public var key: [String]
    /// What holds for a valid row, as SQL; needed to delete invalid ones, and to check them on SQLite.
    public var check: String?
    /// Whether rows that violate it are deleted.
    public var deletesViolations: Bool
    /// A column to mark NOT NULL once the constraint is validated (PostgreSQL).
    public var setNotNull: String?

    /// - Parameters:
    ///   - table: the table.
    ///   - constraint: the constraint.
    ///   - key: the table's key.
    ///   - check: what holds for a valid row.
    ///   - deletesViolations: whether rows that violate it are deleted.
    ///   - setNotNull: a column to mark NOT NULL after.
    public init(
      table: String, constraint: String, key: [String] = [], check: String? = nil,
      deletesViolations: Bool = false,
      setNotNull: String? = nil
    ) {
      self.table = table
      self.constraint = constraint
      self.key = key
      self.check = check
      self.deletesViolations = deletesViolations
      self.setNotNull = setNotNull
    }
  }

  /// - Parameters:
  ///   - name: its name.
  ///   - kind: what it does.
  ///   - dependsOn: the updates that must be complete first.
  ///   - ordering: its place in the queue.
  ///   - engines: the engines that it is for.
  ///   - file: the file that declares it.
  ///   - position: where in the file it begins.
  public init(
    name: String, kind: Kind, dependsOn: [String] = [], ordering: Int = 0,
    engines: Set<Engine> = Set(Engine.allCases),
    file: String = "", position: SourcePosition? = nil
  ) {
    self.name = name
    self.kind = kind
    self.dependsOn = dependsOn
    self.ordering = ordering
    self.engines = engines
    self.file = file
    self.position = position
  }
}

extension UpdateDeclaration {
  /// What stands in a template for SQL that its author has yet to write. It is no SQL, so that it cannot be forgotten.
  package static let placeholder = "WRITE_THIS"

  /// The row that queues it. The queue's column holds one dependency; the engine knows the others from here.
  public var queueRow: QueuedUpdate {
    QueuedUpdate(name: name, dependsOn: dependsOn.first, ordering: ordering)
  }

  /// The constraint, of an update of that kind.
  var constraint: Constraint? {
    if case .constraint(let constraint) = kind { constraint } else { nil }
  }
}
