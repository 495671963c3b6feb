import GradusSQL
import Yams

/// Reads `.updates.yaml` files.
struct UpdatesFileReader {
  /// The file's name for messages.
  let file: String
  /// The place in the queue of updates that say none.
  let defaultOrdering: Int

  func read(_ text: String) throws -> [UpdateDeclaration] {
    let root = try YAMLReader(file: file).parse(text)
    try root.allowOnly(["updates"])
    let maps = try root.mappings("updates")
    let declarations = try maps.map(declaration)
    var names: Set<String> = []
    for (map, declaration) in zip(maps, declarations) where !names.insert(declaration.name).inserted {
      throw map.reader.error(map.node, "two updates are named '\(declaration.name)'")
    }
    try checkDependenciesOfConstraints(declarations, root)
    for (map, declaration) in zip(maps, declarations) {
      try checkDroppedSync(declaration, map, among: declarations)
    }
    return declarations
  }

  static let common = ["name", "kind", "depends_on", "ordering", "engines"]

  private func declaration(_ map: YAMLMapping) throws -> UpdateDeclaration {
    UpdateDeclaration(
      name: try name(map), kind: try kind(map), dependsOn: try map.textsIfPresent("depends_on"),
      ordering: try map.find("ordering").map(map.reader.ordering) ?? defaultOrdering,
      engines: try engines(map), file: file, position: map.reader.position(map.node)
    )
  }

  /// Refuses what cannot be told from nothing, and what means all updates where one is paused.
  private func name(_ map: YAMLMapping) throws -> String {
    let name = try map.text("name")
    guard name.contains(where: { !$0.isWhitespace }), name != BookkeepingTables.allUpdates else {
      throw map.reader.error(
        try map.require("name"), "'\(name)' is no name for an update",
        hint: "give it one of letters, digits and underscores")
    }
    return name
  }

  /// The columns of a key, by which rows are walked.
  func key(_ map: YAMLMapping) throws -> [String] {
    let node = try map.require("key")
    let columns = try map.reader.texts(node)
    guard !columns.isEmpty, !columns.contains("") else {
      throw map.reader.error(
        node, columns.isEmpty ? "'key' names no column" : "'key' names a column without a name",
        hint: "give the columns of the table's primary key")
    }
    var seen: Set<String> = []
    if let repeated = columns.first(where: { !seen.insert($0).inserted }) {
      throw map.reader.error(node, "'key' names the column '\(repeated)' twice", hint: "name it once")
    }
    return columns
  }

  /// The same where it may be left out.
  func keyIfPresent(_ map: YAMLMapping) throws -> [String] { try map.find("key") == nil ? [] : key(map) }

  func engines(_ map: YAMLMapping) throws -> Set<Engine> {
    guard let node = map.find("engines") else { return Set(Engine.allCases) }
    let engines = Set(
      try map.reader.texts(node).map { name in
        guard let engine = Engine(rawValue: name) else {
          throw map.reader.error(node, "unknown engine '\(name)'", hint: "engines are sqlite and postgres")
        }
        return engine
      })
    guard !engines.isEmpty else {
      throw map.reader.error(
        node, "'engines' names none, so that the update would never be queued",
        hint: "name those that it is for, or leave it out for all")
    }
    return engines
  }

  private func kind(_ map: YAMLMapping) throws -> UpdateDeclaration.Kind {
    let kinds = [
      "backfill", "drain", "index", "validate_constraint", "constraint", "sync_column", "drop_sync", "sql",
      "handler",
    ]
    switch try map.text("kind") {
    case "backfill":
      try map.allowOnly(Self.common + ["table", "key", "where", "sql"])
      return .backfill(
        .init(
          table: try map.text("table"), key: try key(map), condition: try sqlIfPresent("where", map),
          sql: try sliced(map)))
    case "drain":
      try map.allowOnly(Self.common + ["table", "key", "sql"])
      return .drain(.init(table: try map.text("table"), key: try key(map), sql: try sliced(map)))
    case "index":
      try map.allowOnly(Self.common + ["index", "table", "columns", "unique", "where", "replaces"])
      let index = try indexName(map.find("index") == nil ? "name" : "index", map)
      let replaced = try map.find("replaces") == nil ? nil : indexName("replaces", map)
      guard replaced?.lowercased() != index.lowercased() else {
        throw map.reader.error(
          map.node, "an index cannot replace itself: give the new one another name with 'index'")
      }
      return .index(
        .init(
          name: index, table: try map.text("table"),
          columns: try indexColumns(map), isUnique: try map.booleanIfPresent("unique") ?? false,
          condition: try sqlIfPresent("where", map), replaces: replaced))
    case "validate_constraint":
      try map.allowOnly(
        Self.common + ["table", "constraint", "key", "check", "delete_violations", "set_not_null"])
      let deletes = try map.booleanIfPresent("delete_violations") ?? false
      let (key, check) = (try keyIfPresent(map), try sqlIfPresent("check", map))
      guard !deletes || (check != nil && !key.isEmpty) else {
        throw map.reader.error(map.node, "delete_violations needs 'check' and 'key'")
      }
      return .validateConstraint(
        .init(
          table: try map.text("table"), constraint: try map.text("constraint"), key: key, check: check,
          deletesViolations: deletes, setNotNull: try map.textIfPresent("set_not_null")))
    case "constraint": return .constraint(try constraint(map))
    case "sync_column": return .syncColumn(try syncColumn(map))
    case "drop_sync":
      try map.allowOnly(Self.common + ["sync"])
      return .dropSync(try map.text("sync"))
    case "sql":
      try map.allowOnly(Self.common + ["sql"])
      return .sql(try engineSQL(map, "sql", as: .script))
    case "handler":
      try map.allowOnly(Self.common)
      return .handler
    case let other:
      throw map.reader.error(
        try map.require("kind"), "unknown kind '\(other)'",
        hint: NearestName.hint(
          for: other, among: kinds, otherwise: "kinds are \(kinds.joined(separator: ", "))"))
    }
  }

  /// SQL over slices, which must say where the slice goes.
  private func sliced(_ map: YAMLMapping) throws -> UpdateDeclaration.EngineSQL {
    let sql = try engineSQL(map, "sql", as: .slicedStatement)
    for text in sql.byEngine.values {
      let placeholder = SlicePlaceholder(in: text)
      guard placeholder.isUsed else {
        throw map.reader.error(
          try map.require("sql"), "the statement does not use {range}, so every batch would touch every row",
          hint: "add 'WHERE {range}', or '{range:alias}' for an aliased table")
      }
      guard !placeholder.isQuoted else {
        throw map.reader.error(
          try map.require("sql"), "{range} stands in quotes, where it would be replaced, too",
          hint: "take such a text apart: '{' || 'range}'")
      }
    }
    return sql
  }
}

extension UpdateDeclaration {
  /// The updates that the text of a file declares.
  ///
  /// - Parameter file: its name for messages.
  /// - Throws: `GradusError` that names file and line.
  package static func all(in text: String, file: String) throws -> [UpdateDeclaration] {
    try UpdatesFileReader(file: file, defaultOrdering: 0).read(text)
  }
}
