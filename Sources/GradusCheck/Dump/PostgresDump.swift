import Gradus
import GradusCatalog
import GradusSQL

/// Writes a PostgreSQL schema from its catalog, in an order in which it can be run.
struct PostgresDump {
  let connection: Connection
  let others: Catalog

  func parts() throws -> SchemaDump.Parts {
    let catalog = try CatalogReader.read(connection)
    let tables = catalog.tables.filter { others.tables[$0.key] == nil && !Bookkeeping.names.contains($0.key) }
      .sorted { $0.key < $1.key }
    var statements = catalog.enumerations.filter { others.enumerations[$0.key] == nil }.sorted {
      $0.key < $1.key
    }
    .map { name, values in
      "CREATE TYPE \(SQLText.identifier(name)) AS ENUM (\(values.map(SQLText.literal).joined(separator: ", ")))"
    }
    let owned = try OwnedSequence.all(of: tables.map(\.key), on: connection).filter { !$0.isIdentity }
      .sorted { $0.name < $1.name }
    let free = catalog.sequences.subtracting(others.sequences)
    statements += try sequences(free.union(owned.map(\.name)).sorted())
    statements += tables.map { create($0.key, $0.value) }
    let names = tables.map(\.key)
    return SchemaDump.Parts(
      tables: statements,
      // Before foreign keys and triggers: rows may refer to such that come later, and have set off triggers already.
      rows: try SeedRows(connection: connection).statements(of: names)
        + SequenceStates(connection: connection).statements(of: names, and: free),
      rest: rest(catalog, tables, owned))
  }

  private func rest(
    _ catalog: Catalog, _ tables: [(key: String, value: CatalogTable)],
    _ owned: [OwnedSequence]
  ) -> [String] {
    var statements = owned.map {
      "ALTER SEQUENCE \(SQLText.identifier($0.name)) OWNED BY \(SQLText.identifier($0.table)).\(SQLText.identifier($0.column))"
    }
    statements += catalog.functions.filter { others.functions[$0.key] == nil }.sorted { $0.key < $1.key }.map(
      \.value)
    for (_, table) in tables {
      statements += table.indexes.sorted { $0.key < $1.key }.map(\.value.definition)
    }
    // A foreign key may refer to any table, by any unique index of it.
    for (name, table) in tables {
      statements += constraints(of: table) { $0 == .foreignKey }.map {
        "ALTER TABLE \(SQLText.identifier(name)) ADD \($0)"
      }
    }
    let views = catalog.views.filter { others.views[$0.key] == nil }.sorted { $0.key < $1.key }
    statements += views.map { name, view in
      let query = view.query.hasSuffix(";") ? String(view.query.dropLast()) : view.query
      return "CREATE VIEW \(SQLText.identifier(name)) AS\n\(query)"
    }
    statements += catalog.materializedViews.filter { others.materializedViews[$0.key] == nil }
      .sorted { $0.key < $1.key }.map(\.value.query)
    for triggers in tables.map(\.value.triggers) + views.map(\.value.triggers) {
      statements += triggers.sorted { $0.key < $1.key }.map(\.value)
    }
    return statements
  }

  private func create(_ name: String, _ table: CatalogTable) -> String {
    let lines =
      table.columns.map(column) + constraints(of: table) { $0 != .foreignKey }
    let unlogged = table.options.contains("unlogged") ? "UNLOGGED " : ""
    return
      "CREATE \(unlogged)TABLE \(SQLText.identifier(name)) (\n  \(lines.joined(separator: ",\n  "))\n)"
  }

  private func column(_ column: CatalogColumn) -> String {
    [
      SQLText.identifier(column.name), column.type, column.isNullable ? nil : "NOT NULL",
      column.defaultValue.map { "DEFAULT \($0)" }, column.generation?.uppercasingKeywords,
    ].compactMap { $0 }.joined(separator: " ")
  }

  private func constraints(of table: CatalogTable, _ isWanted: (CatalogConstraint.Kind) -> Bool) -> [String] {
    table.constraints.filter { isWanted($0.kind) }.sorted { ($0.name ?? "") < ($1.name ?? "") }.map {
      "CONSTRAINT \(SQLText.identifier($0.name ?? "")) \($0.definition)"
    }
  }

  private func sequences(_ names: [String]) throws -> [String] {
    try names.map { name in
      let row = try connection.queryRow(
        """
        SELECT start_value, increment_by, min_value, max_value, cache_size, cycle FROM pg_sequences
        WHERE schemaname = current_schema() AND sequencename = $1
        """, [.text(name)])
      guard let row else { return "CREATE SEQUENCE \(SQLText.identifier(name))" }
      return """
        CREATE SEQUENCE \(SQLText.identifier(name)) START WITH \(try row.integer(0)) INCREMENT BY \(try row.integer(1)) \
        MINVALUE \(try row.integer(2)) MAXVALUE \(try row.integer(3)) CACHE \(try row.integer(4))\
        \(try row.boolean(5) ? " CYCLE" : "")
        """
    }
  }
}

extension String {
  /// A column's generation as a definition writes it; an expression stays as it is.
  fileprivate var uppercasingKeywords: String {
    guard let bracket = firstIndex(of: "(") else { return uppercased() }
    let end = lastIndex(of: ")") ?? endIndex
    return self[..<bracket].uppercased() + self[bracket..<end] + self[end...].uppercased()
  }
}
