/// What a schema of PostgreSQL's has besides tables with their columns, constraints, indexes and triggers, views, functions
/// and enumerations: a rule, a policy, a domain and so on.
package struct CatalogObject: Sendable, Hashable {
  /// The kinds, as they are shown.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case compositeType = "composite type"
    case domain
    case rangeType = "range type"
    case aggregate
    /// How a sequence counts. One that belongs to a column has the column's name: its own may be of the server's choice.
    case sequence
    case statistics
    case rowSecurity = "row level security"
    case policy
    case rule
    /// What WITH says of a view, such as its CHECK OPTION, or of a constraint's index, which has the constraint's name.
    case options
    /// What the planner's statistics and the storage of a column go by.
    case columnOptions = "options of column"
    /// A default of a view's column.
    case columnDefault = "default of column"
    /// A trigger that does not run, or runs on a replica, too.
    case triggerState = "state of trigger"
    case replicaIdentity = "replica identity"
    /// By which of its indexes a table is sorted.
    case clustering
    case eventTrigger = "event trigger"
    case foreignTable = "foreign table"
    case cast
    case `operator`
    case operatorClass = "operator class"
    case collation
    case textSearchConfiguration = "text search configuration"
    case textSearchDictionary = "text search dictionary"
  }

  /// The kind.
  package var kind: Kind
  /// Its name; empty where there is one at most of a table.
  package var name: String
  /// The table or view that it belongs to, and goes with; nil for none.
  package var table: String?
  /// What it is, as SQL.
  @Bytewise package var definition: String
  /// Whether that makes it; else nothing is known but that it is there.
  package var isScript: Bool

  package init(kind: Kind, name: String, table: String?, definition: String, isScript: Bool) {
    self.kind = kind
    self.name = name
    self.table = table
    self.definition = definition
    self.isScript = isScript
  }

  /// What it is called: `rule r of t`.
  package var title: String {
    let own = name.isEmpty ? kind.rawValue : "\(kind.rawValue) \(name)"
    return table.map { "\(own) of \($0)" } ?? own
  }
}
