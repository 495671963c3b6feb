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
    let owned = try ownedSequences(of: tables.map(\.key))
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
    _ owned: [(name: String, table: String, column: String)]
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
    statements += catalog.views.filter { others.views[$0.key] == nil }.sorted { $0.key < $1.key }.map {
      name, query in
      "CREATE VIEW \(SQLText.identifier(name)) AS\n\(query.hasSuffix(";") ? String(query.dropLast()) : query)"
    }
    statements += catalog.materializedViews.filter { others.materializedViews[$0.key] == nil }
      .sorted { $0.key < $1.key }.map(\.value)
    for (_, table) in tables { statements += table.triggers.sorted { $0.key < $1.key }.map(\.value) }
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

  /// The sequences of columns that count by a default. Those of identity columns come with them.
  private func ownedSequences(of tables: [String]) throws -> [(name: String, table: String, column: String)] {
    try connection.query(
      """
      SELECT s.relname::text, c.relname::text, a.attname::text
      FROM pg_class s
      JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'a'
      JOIN pg_class c ON c.oid = d.refobjid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
      WHERE s.relkind = 'S' AND s.relnamespace = quote_ident(current_schema())::regnamespace
        AND c.relname = ANY ($1::text[])
      ORDER BY 1
      """, [.textArray(tables)]
    ).map { (try $0.text(0), try $0.text(1), try $0.text(2)) }
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
