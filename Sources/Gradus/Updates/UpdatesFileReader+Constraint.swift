import GradusSQL

extension UpdatesFileReader {
  /// An update of kind `constraint`.
  func constraint(_ map: YAMLMapping) throws -> UpdateDeclaration.Constraint {
    try map.allowOnly(
      Self.common + ["table", "constraint", "key", "not_null", "check", "foreign_key", "delete_violations"])
    let constraint = UpdateDeclaration.Constraint(
      table: try map.text("table"), name: try map.textIfPresent("constraint") ?? map.text("name"),
      key: try keyIfPresent(map), rule: try rule(map),
      deletesViolations: try map.booleanIfPresent("delete_violations") ?? false)
    let isWalked = try constraint.deletesViolations && engines(map).contains(.postgres)
    guard !isWalked || !constraint.key.isEmpty else {
      throw map.reader.error(
        map.node, "delete_violations needs 'key'",
        hint: "give the table's primary key; its rows are walked by it")
    }
    return constraint
  }

  /// Refuses a constraint that waits for an update of its own file: on SQLite both come in one transaction, in which
  /// the update can only be queued.
  func checkDependenciesOfConstraints(_ declarations: [UpdateDeclaration], _ root: YAMLMapping) throws {
    let updates = declarations.filter { $0.constraint == nil && $0.engines.contains(.sqlite) }.map(\.name)
    for declaration in declarations
    where declaration.constraint != nil && declaration.engines.contains(.sqlite) {
      guard let dependency = declaration.dependsOn.first(where: updates.contains) else { continue }
      throw root.reader.error(
        root.node, "the constraint '\(declaration.name)' depends on '\(dependency)' of the same file",
        hint: "declare it in a later file: on SQLite a constraint is added when its file is applied")
    }
  }

  private func rule(_ map: YAMLMapping) throws -> UpdateDeclaration.Constraint.Rule {
    let rules = ["not_null", "check", "foreign_key"]
    let given = rules.filter { map.find($0) != nil }
    guard given.count == 1 else {
      throw map.reader.error(
        map.node,
        given.isEmpty ? "nothing says what must hold" : "'\(given[0])' and '\(given[1])' are two constraints",
        hint: "give one of \(rules.joined(separator: ", "))")
    }
    if let column = try map.textIfPresent("not_null") { return .notNull(column: column) }
    if let condition = try sqlIfPresent("check", map) { return .check(condition) }
    return .foreignKey(try foreignKey(map.mapping("foreign_key")))
  }

  private func foreignKey(_ map: YAMLMapping) throws -> UpdateDeclaration.Constraint.ForeignKey {
    try map.allowOnly(["columns", "references", "to", "on_delete", "deferrable"])
    let (columns, parentColumns) = (try map.texts("columns"), try map.texts("to"))
    guard columns.count == parentColumns.count, !columns.isEmpty else {
      throw map.reader.error(
        try map.require("to"), "\(columns.count) columns cannot reference \(parentColumns.count)",
        hint: "'columns' and 'to' belong together one by one")
    }
    return .init(
      columns: columns, parent: try map.text("references"), parentColumns: parentColumns,
      onDelete: try action(map),
      isDeferred: try map.booleanIfPresent("deferrable") ?? false)
  }

  private func action(_ map: YAMLMapping) throws -> UpdateDeclaration.Constraint.ForeignKey.Action? {
    guard let node = map.find("on_delete") else { return nil }
    let name = try map.reader.text(node)
    let known = UpdateDeclaration.Constraint.ForeignKey.Action.allCases.map(\.rawValue)
    guard let action = UpdateDeclaration.Constraint.ForeignKey.Action(rawValue: name) else {
      throw map.reader.error(
        node, "unknown action '\(name)'",
        hint: NearestName.hint(
          for: name, among: known, otherwise: "actions are \(known.joined(separator: ", "))"))
    }
    return action
  }
}
