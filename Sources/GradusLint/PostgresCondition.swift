/// Reads the condition of an UPDATE or DELETE.
struct PostgresCondition {
  /// The name by which the condition calls the statement's table.
  private let name: String
  /// Whether a column without a name before it is the table's, as there is no other.
  private let isAlone: Bool

  /// - Parameter statement: the fields of the UPDATE or DELETE.
  private init(_ statement: ParseTree.Node, _ table: String) {
    let relation = statement["relation"] as? ParseTree.Node
    name = (relation?["alias"] as? ParseTree.Node)?["aliasname"] as? String ?? table
    isAlone = statement["fromClause"] == nil && statement["usingClause"] == nil
  }

  /// The columns of the statement's table that must have one of a few given values.
  static func givenColumns(_ statement: ParseTree.Node) -> Set<String> {
    guard let table = ParseTree.relation(statement), let condition = statement["whereClause"] else {
      return []
    }
    return PostgresCondition(statement, table).given(condition)
  }

  private func given(_ condition: Any) -> Set<String> {
    if let both = ParseTree.child(condition, "BoolExpr"), both["boolop"] as? String == "AND_EXPR" {
      return (both["args"] as? [Any] ?? []).reduce(into: []) { $0.formUnion(given($1)) }
    }
    guard let comparison = ParseTree.child(condition, "A_Expr"),
      ParseTree.names(comparison["name"]) == ["="]
    else { return [] }
    let (left, right) = (comparison["lexpr"], comparison["rexpr"])
    switch comparison["kind"] as? String {
    case "AEXPR_IN":
      let items = ParseTree.child(right, "List")?["items"] as? [Any] ?? []
      guard items.allSatisfy({ ParseTree.constant($0) != nil }) else { return [] }
      return column(left).map { [$0] } ?? []
    case "AEXPR_OP":
      if ParseTree.constant(right) != nil { return column(left).map { [$0] } ?? [] }
      if ParseTree.constant(left) != nil { return column(right).map { [$0] } ?? [] }
      return []
    default: return []
    }
  }

  /// A column of the statement's table; nil for another's.
  private func column(_ value: Any?) -> String? {
    let names = ParseTree.names(ParseTree.child(value, "ColumnRef")?["fields"])
    let isOwn = names.count > 1 ? names[names.count - 2] == name : isAlone
    return isOwn ? names.last : nil
  }
}
