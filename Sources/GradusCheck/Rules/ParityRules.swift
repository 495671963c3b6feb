import Gradus
import GradusCatalog
import GradusSQL

/// Finds what one engine's schema has and the other's has not. Pure.
///
/// Types have other names on each engine, and are not compared; nor is the letter case of names.
struct ParityRules {
  let sqlite: Catalog
  let postgres: Catalog
  /// Tells where what differs was made.
  let origins: ParityOrigins

  /// A difference.
  struct Difference {
    var message: String
    /// The table that it is about, or is itself.
    var table: String
    /// What of the table: a column or index by its name, a key by the names of its columns; nil for the table.
    var part: String?
    /// The engine that has it.
    var engine: Engine
  }

  /// The findings, by table.
  ///
  /// - Throws: `GradusError` where a full schema cannot be read.
  func findings() throws -> [Finding] {
    guard let rule = Rule.find("D06") else { return [] }
    return try differences().map { difference in
      let origin = try origins.origin(of: difference)
      return Finding(
        rule, difference.message, file: origin?.file, position: origin?.position,
        statement: origin?.statement, engines: [.sqlite, .postgres])
    }
  }

  private func differences() -> [Difference] {
    let (first, second) = (Self.folded(sqlite.tables), Self.folded(postgres.tables))
    // SQLite has no partitions: their rows are in their table there.
    let tables = second.filter { first[$0.key] != nil || !$0.value.value.isPartition }
    var differences = lacking(first.mapValues(\.name), tables.mapValues(\.name), "table")
    for (key, table) in first.sorted(by: { $0.key < $1.key }) {
      guard let other = second[key], !table.value.isVirtual else { continue }
      differences += compare(table.name, table.value, other.value)
    }
    return differences
  }

  private func compare(_ name: String, _ first: CatalogTable, _ second: CatalogTable) -> [Difference] {
    let columns = Self.folded(second.columns.map(\.name))
    var differences = lacking(
      Self.folded(first.columns.map(\.name)), columns, "column of '\(name)'", of: name)
    for column in first.columns {
      guard let other = columns[Self.folded(column.name)].flatMap(second.column) else { continue }
      // A primary key of SQLite's is never NULL where it is the row id, which its catalog does not say.
      let isKey = first.primaryKey == [column.name]
      if !isKey, column.isNullable != other.isNullable {
        let engine: Engine = column.isNullable ? .sqlite : .postgres
        differences.append(
          Difference(
            message: "'\(name).\(column.name)' may be NULL on \(engine) only", table: name,
            part: column.name, engine: engine))
      }
    }
    differences += lacking(keys(first), keys(second), "unique key of '\(name)'", of: name)
    differences += lacking(
      Self.folded(plainIndexes(first)), Self.folded(plainIndexes(second)), "index of '\(name)'", of: name)
    return differences
  }

  /// A unique index counts by its key: on one engine it may be a constraint.
  private func plainIndexes(_ table: CatalogTable) -> [String] {
    table.indexes.filter { !$0.value.isUnique || $0.value.isPartial }.map(\.key)
  }

  private func keys(_ table: CatalogTable) -> [String: String] {
    Self.folded(table.uniqueKeys.map(Self.key))
  }

  /// What a key is called, whatever the order of its columns.
  static func key(_ columns: [String]) -> String { columns.sorted().joined(separator: ", ") }

  /// - Parameters:
  ///   - first: the names on SQLite, by what they are compared as.
  ///   - second: those on PostgreSQL.
  ///   - what: what has them.
  ///   - table: the table that they are of; nil where they are tables.
  private func lacking(
    _ first: [String: String], _ second: [String: String], _ what: String, of table: String? = nil
  ) -> [Difference] {
    func only(_ names: [String: String], _ others: [String: String], on engine: Engine) -> [Difference] {
      names.filter { others[$0.key] == nil }.sorted { $0.key < $1.key }.map { _, name in
        Difference(
          message: "the \(what) '\(name)' is on \(engine) only", table: table ?? name,
          part: table == nil ? nil : name, engine: engine)
      }
    }
    return only(first, second, on: .sqlite) + only(second, first, on: .postgres)
  }

  /// A name as it is compared: PostgreSQL folds what is not quoted, SQLite compares without regard to case.
  static func folded(_ name: String) -> String { SQLiteName(name).text }

  private static func folded(_ names: [String]) -> [String: String] {
    Dictionary(names.map { (folded($0), $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func folded(
    _ tables: [String: CatalogTable]
  ) -> [String: (name: String, value: CatalogTable)] {
    Dictionary(
      tables.map { (folded($0.key), (name: $0.key, value: $0.value)) },
      uniquingKeysWith: { first, _ in first })
  }
}
