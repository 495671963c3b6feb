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
    try refuseOthers(catalog, tables)
    let owned = try OwnedSequence.all(of: tables.map(\.key), on: connection).filter { !$0.isIdentity }
      .sorted { $0.name < $1.name }
    let free = catalog.sequences.subtracting(others.sequences)
    let types = self.types(catalog)
    let sequences = self.sequences(catalog, free, owned)
    let views = self.views(catalog)
    let functions = self.functions(catalog)
    let keys: [String] =
      (types + sequences).map(\.key) + tables.map { "relation \($0.key)" } + (views + functions).map(\.key)
    let (needs, late) = try self.needs(catalog, among: keys)
    let made: [Item] = tables.map { ("relation \($0.key)", create($0.key, $0.value, catalog, without: late)) }
    let all: [Item] = types + sequences + made + views + functions
    var order = DependencyOrder(
      Dictionary(all.map { ($0.key, $0.sql) }, uniquingKeysWith: { first, _ in first }), needs: needs)
    let names = tables.map(\.key)
    // What a default or a check calls comes before its table.
    let first = order.statements(making: (types + sequences + made).map(\.key))
    // A function's body may name a view; what a view itself calls comes before it all the same.
    let later = order.statements(making: (views + functions).map(\.key))
    let dumped = Set(keys)
    let remarks = try PostgresRemarks(connection: connection).statements().filter { dumped.contains($0.key) }
    let rest = self.rest(catalog, tables, owned, later, late) + remarks.map(\.sql)
    let extensions =
      first.isEmpty && rest.isEmpty
      ? [] : try PostgresSurroundings(connection: connection).extensions()
    return SchemaDump.Parts(
      tables: extensions.map { "CREATE EXTENSION IF NOT EXISTS \($0)" } + first,
      // Before foreign keys and triggers: rows may refer to such that come later, and have set off triggers already.
      rows: try SeedRows(connection: connection).statements(of: names)
        + SequenceStates(connection: connection).statements(of: names, and: free),
      rest: rest)
  }

  /// A statement, by what it makes as `PostgresDependencies` has it.
  private typealias Item = (key: String, sql: String)

  private func rest(
    _ catalog: Catalog, _ tables: [(key: String, value: CatalogTable)], _ owned: [OwnedSequence],
    _ viewsAndFunctions: [String], _ late: Set<TablePart>
  ) -> [String] {
    var statements = owned.map {
      "ALTER SEQUENCE \(SQLText.identifier($0.name)) OWNED BY \(SQLText.identifier($0.table)).\(SQLText.identifier($0.column))"
    }
    statements += viewsAndFunctions
    for (_, table) in tables {
      statements += table.indexes.sorted { $0.key < $1.key }.map(\.value.definition)
    }
    for (name, table) in tables {
      for column in table.columns where late.contains(TablePart(defaultOf: column.name, of: name)) {
        statements.append(
          "ALTER TABLE \(SQLText.identifier(name)) ALTER COLUMN \(SQLText.identifier(column.name)) SET DEFAULT \(column.defaultValue ?? "NULL")"
        )
      }
      statements += constraints(of: table) { Self.comesLater($0, of: name, late) }.map {
        "ALTER TABLE \(SQLText.identifier(name)) ADD \($0)"
      }
    }
    let views = catalog.views.filter { others.views[$0.key] == nil }.sorted { $0.key < $1.key }
    for triggers in tables.map(\.value.triggers) + views.map(\.value.triggers) {
      statements += triggers.sorted { $0.key < $1.key }.map(\.value)
    }
    for kind in Self.last { statements += objects(catalog, [kind]).map(\.definition) }
    return statements
  }

  /// What says more of tables, views and triggers that are there.
  private static let last: [CatalogObject.Kind] = [
    .statistics, .rowSecurity, .policy, .rule, .options, .columnOptions, .columnDefault, .triggerState,
    .clustering, .replicaIdentity, .eventTrigger,
  ]

  private func objects(_ catalog: Catalog, _ kinds: Set<CatalogObject.Kind>) -> [CatalogObject] {
    catalog.objects.filter { title, object in
      kinds.contains(object.kind) && others.objects[title] == nil
        && !Bookkeeping.names.contains(object.table ?? "")
    }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// - Throws: `GradusError` where there is what no statement can be written of.
  private func refuseOthers(_ catalog: Catalog, _ tables: [(key: String, value: CatalogTable)]) throws {
    var found = objects(catalog, Set(CatalogObject.Kind.allCases)).filter { !$0.isScript }.map {
      "the \($0.title)"
    }
    for (name, table) in tables where !table.isVirtual {
      let written = ["with ", "using "]
      let others = table.options.filter { option in
        option != "unlogged" && !written.contains { option.hasPrefix($0) }
      }
      if let type = others.first(where: { $0.hasPrefix("of type ") }) {
        found.append("the table \(name), which is \(type)")
      } else if !others.isEmpty {
        found.append("the table \(name), which is partitioned or part of another one")
      }
    }
    try SchemaDump.refuse(found + PostgresSurroundings(connection: connection).undumped())
  }

  private func types(_ catalog: Catalog) -> [Item] {
    let enumerations = catalog.enumerations.filter { others.enumerations[$0.key] == nil }
      .sorted { $0.key < $1.key }
    var items: [Item] = []
    for (name, values) in enumerations {
      let list = values.map(SQLText.literal).joined(separator: ", ")
      items.append(("type \(name)", "CREATE TYPE \(SQLText.identifier(name)) AS ENUM (\(list))"))
    }
    for type in objects(catalog, [.domain, .compositeType, .rangeType]) {
      items.append(("type \(type.name)", type.definition))
    }
    return items
  }

  private func sequences(_ catalog: Catalog, _ free: Set<String>, _ owned: [OwnedSequence]) -> [Item] {
    var all: [String: String] = [:]
    for name in free { all[name] = catalog.objects["sequence \(name)"]?.definition ?? "" }
    for sequence in owned { all[sequence.name] = counts(catalog, sequence.table, sequence.column) ?? "" }
    return all.sorted { $0.key < $1.key }.map { name, counts in
      let kind = counts.hasPrefix(Self.unlogged) ? Self.unlogged : ""
      let rest = counts.dropFirst(kind.count)
      return ("relation \(name)", "CREATE \(kind)SEQUENCE \(SQLText.identifier(name)) \(rest)")
    }
  }

  /// What the definition of a sequence begins with where that is so.
  private static let unlogged = "UNLOGGED "

  /// How the sequence of a column counts.
  private func counts(_ catalog: Catalog, _ table: String, _ column: String) -> String? {
    catalog.objects["sequence \(column) of \(table)"]?.definition
  }

  private func views(_ catalog: Catalog) -> [Item] {
    let views = catalog.views.filter { others.views[$0.key] == nil }.sorted { $0.key < $1.key }
    let materialized = catalog.materializedViews.filter { others.materializedViews[$0.key] == nil }
      .sorted { $0.key < $1.key }
    var items: [Item] = []
    for (name, view) in views {
      let query = view.query.hasSuffix(";") ? String(view.query.dropLast()) : view.query
      items.append(("relation \(name)", "CREATE VIEW \(SQLText.identifier(name)) AS\n\(query)"))
    }
    for (name, view) in materialized {
      let query = view.query + (view.isPopulated ? "" : "\nWITH NO DATA")
      items.append(("relation \(name)", ([query] + view.indexes).joined(separator: ";\n")))
    }
    return items
  }

  private func functions(_ catalog: Catalog) -> [Item] {
    var items: [Item] = []
    for (name, definition) in catalog.functions.sorted(by: { $0.key < $1.key })
    where others.functions[name] == nil {
      items.append(("function \(name)", definition))
    }
    for aggregate in objects(catalog, [.aggregate]) {
      items.append(("function \(aggregate.name)", aggregate.definition))
    }
    return items
  }

  /// What has to be there before what: as the server knows, and as the texts of functions seem to say. What of a table
  /// needs the table itself, such as a default that calls a function which reads it, is made late.
  private func needs(
    _ catalog: Catalog, among keys: [String]
  ) throws -> (needs: [String: [String]], late: Set<TablePart>) {
    var names: [String: [String]] = [:]
    for key in keys {
      // `relation t`, `function f(integer)`
      let name = key.drop { $0 != " " }.dropFirst().prefix { $0 != "(" }
      names[name.lowercased(), default: []].append(key)
    }
    let named = PostgresDependencies.named(in: catalog.functions, names)
    let known = try PostgresDependencies(connection: connection).read()
    func needs(without late: Set<TablePart>) -> [String: [String]] {
      let early = known.filter { need in need.part.map { !late.contains($0) } ?? true }
      return Dictionary(grouping: early, by: \.thing).mapValues { $0.map(\.needed) }.merging(named) {
        $0 + $1
      }
    }
    let all = needs(without: [])
    let late = known.filter { need in
      need.part != nil && need.needed.hasPrefix("function ")
        && DependencyOrder.needs(need.thing, among: [need.needed], all)
    }.compactMap(\.part)
    return (needs(without: Set(late)), Set(late))
  }

  /// Whether a constraint is added to its table when all is there. A foreign key may refer to any table, by any unique
  /// index of it; and of what is not validated, rows may do without.
  private static func comesLater(_ constraint: CatalogConstraint, of table: String, _ late: Set<TablePart>)
    -> Bool
  {
    constraint.kind == .foreignKey || !constraint.isValidated
      || late.contains(TablePart(constraint: constraint.name ?? "", of: table))
  }

  private func create(
    _ name: String, _ table: CatalogTable, _ catalog: Catalog, without late: Set<TablePart>
  ) -> String {
    let columns = table.columns.map { column in
      var column = column
      if late.contains(TablePart(defaultOf: column.name, of: name)) { column.defaultValue = nil }
      return self.column(column, counts(catalog, name, column.name))
    }
    let lines = columns + constraints(of: table) { !Self.comesLater($0, of: name, late) }
    let unlogged = table.options.contains("unlogged") ? "UNLOGGED " : ""
    let method = table.options.first { $0.hasPrefix("using ") }.map { " USING \($0.dropFirst(6))" } ?? ""
    let options = table.options.first { $0.hasPrefix("with ") }.map { " WITH (\($0.dropFirst(5)))" } ?? ""
    let items = lines.joined(separator: ",\n  ")
    return
      "CREATE \(unlogged)TABLE \(SQLText.identifier(name)) (\n  \(items)\n)\(method)\(options)"
  }

  /// - Parameter counts: how a column that counts by itself does so.
  private func column(_ column: CatalogColumn, _ counts: String?) -> String {
    let options = column.isIdentity ? counts.flatMap(Self.identityOptions) : nil
    return [
      SQLText.identifier(column.name), column.type, column.isNullable ? nil : "NOT NULL",
      column.defaultValue.map { "DEFAULT \($0)" }, column.generation?.uppercasingKeywords, options,
    ].compactMap { $0 }.joined(separator: " ")
  }

  /// Nil where the column's type says as much.
  private static func identityOptions(_ counts: String) -> String? {
    let greatest = ["smallint": "32767", "integer": "2147483647", "bigint": "9223372036854775807"]
    for (type, value) in greatest
    where counts == "AS \(type) START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE \(value) CACHE 1" {
      return nil
    }
    return counts.firstRange(of: " START ").map { "(\(counts[$0.lowerBound...].dropFirst()))" }
  }

  private func constraints(of table: CatalogTable, _ isWanted: (CatalogConstraint) -> Bool) -> [String] {
    table.constraints.filter(isWanted).sorted { ($0.name ?? "") < ($1.name ?? "") }.map {
      "CONSTRAINT \(SQLText.identifier($0.name ?? "")) \($0.definition)\($0.isValidated ? "" : " NOT VALID")"
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
