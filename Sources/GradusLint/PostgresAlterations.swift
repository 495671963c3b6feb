/// What ALTER TABLE does.
enum PostgresAlterations {
  static func all(_ fields: ParseTree.Node) -> [TableAlteration] {
    (fields["cmds"] as? [ParseTree.Node] ?? []).compactMap { ParseTree.child($0, "AlterTableCmd") }
      .flatMap(alterations)
  }

  private static func alterations(_ command: ParseTree.Node) -> [TableAlteration] {
    let name = command["name"] as? String ?? ""
    switch command["subtype"] as? String {
    case "AT_AddColumn": return ParseTree.child(command["def"], "ColumnDef").map(added) ?? []
    case "AT_DropColumn": return [.dropColumn(name)]
    case "AT_SetNotNull": return [.setNotNull(name)]
    case "AT_AlterColumnType": return [.changeType(name)]
    case "AT_AddConstraint":
      let added = ParseTree.child(command["def"], "Constraint").flatMap { constraint($0) }
      return [added.map { .addConstraint($0) } ?? .other]
    case "AT_ValidateConstraint": return [.validateConstraint(name)]
    case "AT_DropConstraint": return [.dropConstraint(name)]
    default: return [.other]
    }
  }

  /// A new column and the constraints that come with it.
  private static func added(_ column: ParseTree.Node) -> [TableAlteration] {
    let name = column["colname"] as? String ?? ""
    let clauses = (column["constraints"] as? [ParseTree.Node] ?? []).compactMap {
      ParseTree.child($0, "Constraint")
    }
    let kinds = clauses.compactMap { $0["contype"] as? String }
    let type = ParseTree.names(ParseTree.child(column, "typeName")?["names"]).last ?? ""
    let value: AddedValue =
      if !Set(kinds).isDisjoint(with: ["CONSTR_GENERATED", "CONSTR_IDENTITY"]) {
        .generated
      } else if type.contains("serial") {
        .serial
      } else if let clause = clauses.last(where: { $0["contype"] as? String == "CONSTR_DEFAULT" }) {
        ParseTree.isConstant(clause["raw_expr"])
          ? .constant : .expression(calls: ParseTree.calls(in: clause["raw_expr"] ?? []))
      } else {
        .none
      }
    return [.addColumn(name, value)]
      + clauses.compactMap { constraint($0, isNull: value == .none) }
      .map { .addConstraint($0) }
  }

  private static let kinds: [String: AddedConstraint.Kind] = [
    "CONSTR_CHECK": .check, "CONSTR_FOREIGN": .foreignKey, "CONSTR_PRIMARY": .primaryKey,
    "CONSTR_UNIQUE": .unique, "CONSTR_EXCLUSION": .exclusion,
  ]

  /// - Parameter isNull: whether it is of a new column that is NULL in all rows, which satisfies any foreign key.
  private static func constraint(_ fields: ParseTree.Node, isNull: Bool = false) -> AddedConstraint? {
    guard let kind = (fields["contype"] as? String).flatMap({ kinds[$0] }) else { return nil }
    return AddedConstraint(
      name: fields["conname"] as? String, kind: kind,
      skipsRows: fields["skip_validation"] as? Bool == true || isNull && kind == .foreignKey,
      usesIndex: fields["indexname"] != nil)
  }
}
