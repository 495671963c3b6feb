import Gradus
import GradusSQL

/// Reads SQLite's schema by its pragmas, and from the texts of `sqlite_master` what they do not tell.
struct SQLiteCatalog {
  private let connection: Connection
  private let texts: SQLiteTexts

  init(connection: Connection) throws {
    self.connection = connection
    texts = try SQLiteTexts(connection)
  }

  func read() throws -> Catalog {
    var catalog = Catalog()
    catalog.foldsCase = true
    // A virtual table's own tables come and go with it.
    let list = try connection.query(
      "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
    )
    try EquivalentNames.refuse(in: list.map { try $0.text(0) }, of: "tables")
    for row in list {
      let name = try row.text(0)
      guard !name.hasPrefix("sqlite_"), !OwnNames.tables.contains(name) else { continue }
      var table = try table(name)
      if try row.integer(2) == 1 { table.options.insert("without rowid") }
      if try row.integer(3) == 1 { table.options.insert("strict") }
      catalog.tables[name] = table
    }
    for (name, sql) in texts.views {
      var view = CatalogView(query: CanonicalSQL.text(sql), columns: try columns(ofView: name))
      view.triggers = triggers(of: name)
      catalog.views[name] = view
    }
    return catalog
  }

  /// None where the view names what is not there, as it may on SQLite.
  private func columns(ofView name: String) throws -> [String] {
    do {
      return try connection.query("SELECT name FROM pragma_table_info($1) ORDER BY cid", [.text(name)]).map {
        try $0.text(0)
      }
    } catch let error as SQLError where [.undefinedObject, .syntax, .other].contains(error.code) {
      return []
    }
  }

  private func triggers(of name: String) -> [String: String] {
    texts.triggers(of: name).filter { !OwnNames.isTrigger($0.key) }.mapValues(CanonicalSQL.text)
  }

  private func table(_ name: String) throws -> CatalogTable {
    var table = CatalogTable()
    let sql = texts.tables[name] ?? ""
    let text = CreateTableText(sql)
    if text == nil { table.options.insert(CanonicalSQL.text(sql)) }
    if text?.isAutoincrement == true { table.options.insert("autoincrement") }
    table.options.formUnion(text?.remarks ?? [])
    let clauses = text?.clauses ?? []
    try readColumns(of: name, clauses, &table)
    try readForeignKeys(of: name, areDeferred: text?.foreignKeysAreDeferred ?? [], &table)
    for check in clauses where check.keyword == "check" {
      table.constraints.insert(
        CatalogConstraint(name: check.name, kind: .check, columns: [], definition: check.text))
    }
    try readIndexes(of: name, &table)
    table.triggers = triggers(of: name)
    return table
  }

  private func readColumns(
    of name: String, _ clauses: [CreateTableText.Clause], _ table: inout CatalogTable
  ) throws {
    var key: [(place: Int64, column: String)] = []
    try connection.forEachRow(
      "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo($1) ORDER BY cid",
      [.text(name)]
    ) { row in
      let column = try row.text(0)
      let place = try row.integer(4)
      if place > 0 { key.append((place, column)) }
      let hidden = try row.integer(5)
      guard hidden != 1 else { return }
      let storage: String? =
        switch hidden {
        case 2: "virtual"
        case 3: "stored"
        default: nil
        }
      let expression = clauses.first { $0.column == SQLiteName(column).text && $0.keyword == "as" }?.text
      table.columns.append(
        CatalogColumn(
          name: column, type: CanonicalSQL.text(try row.text(1)), isNullable: try row.integer(2) == 0,
          defaultValue: row[3].text.map(CanonicalSQL.text),
          generation: storage.map { "\(expression ?? "generated") \($0)" }))
    }
    guard !key.isEmpty else { return }
    table.constraints.insert(Self.key(.primaryKey, key.sorted { $0.place < $1.place }.map(\.column)))
  }

  private static func key(
    _ kind: CatalogConstraint.Kind, _ columns: [String], _ collations: [String: String] = [:],
    descending: Set<String> = []
  ) -> CatalogConstraint {
    let parts = columns.map { column in
      SQLiteName(column).text + (collations[column].map { " collate \($0)" } ?? "")
        + (descending.contains(column) ? " desc" : "")
    }
    return CatalogConstraint(
      name: nil, kind: kind, columns: columns,
      definition: "\(kind.rawValue) (\(parts.joined(separator: ", ")))", collations: collations)
  }

  /// A foreign key, of which the pragma gives a row a column.
  private struct ForeignKey {
    var columns: [String] = []
    var parent = ""
    var parentColumns: [String] = []
    var actions = ""
    var isDeferred = false

    /// With names in lower case, as their case makes no difference.
    var definition: String {
      let others = parentColumns.isEmpty ? "" : " (\(Self.folded(parentColumns)))"
      let time = isDeferred ? " deferrable initially deferred" : ""
      return
        "foreign key (\(Self.folded(columns))) references \(SQLiteName(parent).text)\(others)\(actions)\(time)"
    }

    private static func folded(_ names: [String]) -> String {
      names.map { SQLiteName($0).text }.joined(separator: ", ")
    }
  }

  /// - Parameter areDeferred: of each key as the table's text has them; the pragma does not tell, and numbers them from
  ///   the last one.
  private func readForeignKeys(
    of name: String, areDeferred: [Bool], _ table: inout CatalogTable
  ) throws {
    var keys: [Int64: ForeignKey] = [:]
    try connection.forEachRow(
      """
      SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list($1) ORDER BY id, seq
      """, [.text(name)]
    ) { row in
      var key = keys[try row.integer(0)] ?? ForeignKey()
      key.parent = try row.text(1)
      key.columns.append(try row.text(2))
      if let other = row[3].text { key.parentColumns.append(other) }
      key.actions = try [("update", row.text(4)), ("delete", row.text(5))].filter { $0.1 != "NO ACTION" }
        .map { " on \($0.0) \($0.1.lowercased())" }.joined()
      keys[try row.integer(0)] = key
    }
    for (id, isDeferred) in zip(Int64(0)..., areDeferred.reversed()) { keys[id]?.isDeferred = isDeferred }
    for key in keys.values {
      let parent = SQLiteName(key.parent).text
      table.constraints.insert(
        CatalogConstraint(
          name: nil, kind: .foreignKey, columns: key.columns, definition: key.definition, parent: parent,
          impliedParent: key.parentColumns.isEmpty ? parent : nil))
    }
  }

  private func readIndexes(of name: String, _ table: inout CatalogTable) throws {
    let indexes = try connection.query(
      "SELECT name, \"unique\", origin, partial FROM pragma_index_list($1)", [.text(name)])
    for row in indexes {
      let index = try row.text(0)
      let origin = try row.text(2)
      let parts = try connection.query(
        "SELECT name, lower(coll), \"desc\" FROM pragma_index_xinfo($1) WHERE key = 1 ORDER BY seqno",
        [.text(index)])
      let names = parts.compactMap { $0[0].text }
      var collations: [String: String] = [:]
      var descending: Set<String> = []
      for part in parts {
        guard let name = part[0].text else { continue }
        if let collation = part[1].text, collation != "binary" { collations[name] = collation }
        if try part.integer(2) == 1 { descending.insert(name) }
      }
      switch origin {
      case "pk":
        table.constraints = table.constraints.filter { $0.kind != .primaryKey }
        table.constraints.insert(Self.key(.primaryKey, names, collations, descending: descending))
      case "u": table.constraints.insert(Self.key(.unique, names, collations, descending: descending))
      default:
        table.indexes[index] = CatalogIndex(
          isUnique: try row.integer(1) == 1, columns: names,
          definition: CanonicalSQL.text(texts.indexes[index] ?? ""),
          isPartial: try row.integer(3) == 1 || names.count < parts.count, collations: collations)
      }
    }
  }
}
