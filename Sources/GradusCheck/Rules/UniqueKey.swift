import GradusCatalog

/// Columns of which a table admits each set of values once.
struct UniqueKey: Hashable {
  /// The columns, each with the collation by which different texts are equal; an empty one where none are.
  let columns: [String: String]
  /// Whether NULL is a value like others, of which there may be one.
  let countsNulls: Bool
  /// Whether ON CONFLICT may name it: PostgreSQL refuses what is looked at later.
  let isArbiter: Bool

  init(_ index: CatalogIndex) {
    self.init(index.columns, index.collations, index.definition)
  }

  init(_ constraint: CatalogConstraint) {
    self.init(constraint.columns, constraint.collations, constraint.definition)
  }

  private init(_ columns: [String], _ collations: [String: String], _ definition: String) {
    self.columns = Dictionary(
      columns.map { ($0, collations[$0] ?? "") }, uniquingKeysWith: { first, _ in first })
    countsNulls = definition.contains("NULLS NOT DISTINCT")
    isArbiter = !definition.contains(") DEFERRABLE")
  }

  /// Whether rows that satisfy this key satisfy another one, as it has all columns of this one and is no coarser.
  ///
  /// - Parameter table: has this key.
  func implies(_ other: UniqueKey, in table: CatalogTable) -> Bool {
    columns.allSatisfy { column, collation in
      guard let coarser = other.columns[column] else { return false }
      let admitsNulls = other.countsNulls && !countsNulls && table.column(column)?.isNullable ?? true
      return (coarser.isEmpty || coarser == collation) && !admitsNulls
    }
  }
}

extension CatalogTable {
  /// The keys of all rows.
  var keys: [UniqueKey] {
    constraints.filter { $0.kind == .unique || $0.kind == .primaryKey }.map { UniqueKey($0) }
      + indexes.values.filter { $0.isUnique && !$0.isPartial }.map { UniqueKey($0) }
  }
}
