/// What a database's schema consists of, read from the database itself, to be compared with another one's.
///
/// Texts of SQL in it are as the engine writes them anew (PostgreSQL) or tokenised (SQLite), so that white space, comments
/// and letter case make no difference; they are compared by their bytes, as the database has them. Gradus's own tables are
/// left out.
package struct Catalog: Sendable, Hashable {
  /// The tables by name.
  package var tables: [String: CatalogTable] = [:]
  /// The views by name.
  package var views: [String: CatalogView] = [:]
  /// The materialised views by name.
  package var materializedViews: [String: CatalogView] = [:]
  /// The sequences that belong to no column.
  package var sequences: Set<String> = []
  /// Those that belong to one, and go with it. A change of them is none of its own.
  package var ownedSequences: Set<String> = []
  /// The functions by name and arguments, with their definitions.
  @Bytewise package var functions: [String: String] = [:]
  /// The enumerations by name, with their values in order.
  package var enumerations: [String: [String]] = [:]
  /// What else there is, by its title; PostgreSQL's only.
  package var objects: [String: CatalogObject] = [:]
  /// Whether upper and lower case of names are the same, as on SQLite.
  package var foldsCase = false

  package init() {}
}

/// A view.
package struct CatalogView: Sendable, Hashable {
  /// Its query; of a materialised view all the SQL that makes it but for its indexes.
  @Bytewise package var query: String
  /// Its columns in order; none where its query does not work.
  package var columns: [String]
  /// The triggers by name, with their definitions.
  @Bytewise package var triggers: [String: String] = [:]
  /// What makes the indexes of a materialised view, in the order of their names.
  @Bytewise package var indexes: [String] = []
  /// Whether a materialised view has been filled. That is no part of the schema: the application may do so at any time.
  package var isPopulated = true

  /// What two views are compared by.
  var definition: String { ([query] + indexes).joined(separator: ";\n") }

  package init(query: String, columns: [String]) {
    self.query = query
    self.columns = columns
  }
}

/// A table.
package struct CatalogTable: Sendable, Hashable {
  /// The columns in order.
  package var columns: [CatalogColumn] = []
  /// The constraints.
  package var constraints: Set<CatalogConstraint> = []
  /// The indexes by name, without those that a constraint makes.
  package var indexes: [String: CatalogIndex] = [:]
  /// The triggers by name, with their definitions.
  @Bytewise package var triggers: [String: String] = [:]
  /// What else is said of the table: `strict`, `unlogged`, `create virtual table ...`.
  package var options: Set<String> = []

  package init() {}

  /// A column by its name.
  package func column(_ name: String) -> CatalogColumn? { columns.first { $0.name == name } }

  /// The columns of the primary key, in its order.
  package var primaryKey: [String] { constraints.first { $0.kind == .primaryKey }?.columns ?? [] }

  /// The sets of columns of which each row has other values: of keys, and of unique indexes of all rows.
  package var uniqueKeys: [[String]] {
    constraints.filter { $0.kind == .unique || $0.kind == .primaryKey }.map(\.columns)
      + indexes.values.filter { $0.isUnique && !$0.isPartial }.map(\.columns)
  }

  /// The column that is SQLite's row id under another name, and so gets a number where it is given none.
  package var rowIDColumn: String? {
    guard !options.contains("without rowid"),
      let key = constraints.first(where: { $0.kind == .primaryKey }), key.columns.count == 1,
      column(key.columns[0])?.type == "integer",
      // A descending one is a column like others, with an index of its own.
      !key.definition.hasSuffix(" desc)")
    else { return nil }
    return key.columns[0]
  }

  /// Whether its rows are a module's own, as of full-text search, or another server's.
  package var isVirtual: Bool {
    options.contains { $0.hasPrefix("create virtual table") || $0 == Self.foreign }
  }

  /// What is said of a foreign table of PostgreSQL's.
  package static let foreign = "foreign"
}

/// A column.
package struct CatalogColumn: Sendable, Hashable {
  /// Its name.
  package var name: String
  /// Its type as the engine has it.
  package var type: String
  /// Whether it may be NULL.
  package var isNullable: Bool
  /// Its default as SQL; nil for none.
  @Bytewise package var defaultValue: String?
  /// What it is computed from, or how it counts by itself; nil for an ordinary column.
  @Bytewise package var generation: String?

  /// Whether the database computes it from other columns.
  package var isComputed: Bool { generation != nil && !isIdentity }

  /// Whether no INSERT may give it a value.
  package var refusesValues: Bool { isComputed || generation == "generated always as identity" }

  /// Whether every INSERT has to give it a value.
  package var demandsValue: Bool {
    // On SQLite it may be said to be NULL by default although it refuses that.
    !isNullable && generation == nil && defaultValue.map { $0.lowercased() == "null" } ?? true
  }

  /// Whether it counts by itself.
  package var isIdentity: Bool { generation?.hasSuffix("identity") ?? false }

  package init(
    name: String, type: String, isNullable: Bool, defaultValue: String? = nil, generation: String? = nil
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.defaultValue = defaultValue
    self.generation = generation
  }
}

/// A constraint of a table.
package struct CatalogConstraint: Sendable, Hashable {
  /// The kinds.
  package enum Kind: String, Sendable, Hashable {
    case primaryKey = "primary key"
    case unique = "unique"
    case foreignKey = "foreign key"
    case check = "check"
    case exclusion = "exclusion"
  }

  /// Its name; nil where it was given none.
  package var name: String?
  /// The kind.
  package var kind: Kind
  /// The columns that it is about, in order.
  package var columns: [String]
  /// All of it, as SQL.
  @Bytewise package var definition: String
  /// Whether rows that were there before satisfy it.
  package var isValidated: Bool
  /// The collations of a key's columns by which different texts are equal; SQLite's only.
  package var collations: [String: String]
  /// The table that a foreign key refers to, on SQLite in lower case; nil where that is in another schema, and of other
  /// constraints.
  package var parent: String?
  /// The table that a foreign key refers to by its primary key, whose columns it does not name; SQLite's only.
  package var impliedParent: String?

  package init(
    name: String?, kind: Kind, columns: [String], definition: String, isValidated: Bool = true,
    collations: [String: String] = [:], parent: String? = nil, impliedParent: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.columns = columns
    self.definition = definition
    self.isValidated = isValidated
    self.collations = collations
    self.parent = parent
    self.impliedParent = impliedParent
  }
}

/// An index that was made by itself.
package struct CatalogIndex: Sendable, Hashable {
  /// Whether it admits each key once.
  package var isUnique: Bool
  /// Its columns in order; what is an expression is left out.
  package var columns: [String]
  /// All of it, as SQL.
  @Bytewise package var definition: String
  /// Whether it covers some rows only, or expressions.
  package var isPartial: Bool
  /// The collations of columns by which different texts are equal; SQLite's only.
  package var collations: [String: String]

  package init(
    isUnique: Bool, columns: [String], definition: String, isPartial: Bool, collations: [String: String] = [:]
  ) {
    self.isUnique = isUnique
    self.columns = columns
    self.definition = definition
    self.isPartial = isPartial
    self.collations = collations
  }
}
