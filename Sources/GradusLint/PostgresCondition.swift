/// Reads the condition of an UPDATE or DELETE.
enum PostgresCondition {
  /// The columns that must have one of a few given values.
  static func givenColumns(_ condition: Any) -> Set<String> {
    if let both = ParseTree.child(condition, "BoolExpr"), both["boolop"] as? String == "AND_EXPR" {
      return (both["args"] as? [Any] ?? []).reduce(into: []) { $0.formUnion(givenColumns($1)) }
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

  private static func column(_ value: Any?) -> String? {
    ParseTree.names(ParseTree.child(value, "ColumnRef")?["fields"]).last
  }
}
