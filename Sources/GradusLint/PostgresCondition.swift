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
    if let both = ParseTree.child(condition, "BoolExpr") {
      let parts = (both["args"] as? [Any] ?? []).map { given($0) }
      switch both["boolop"] as? String {
      case "AND_EXPR": return parts.reduce(into: []) { $0.formUnion($1) }
      // Each row has the values of one of them.
      case "OR_EXPR": return parts.dropFirst().reduce(parts.first ?? []) { $0.intersection($1) }
      default: return []
      }
    }
    if let subquery = ParseTree.child(condition, "SubLink") { return given(bySubquery: subquery) }
    guard let comparison = ParseTree.child(condition, "A_Expr"),
      ParseTree.names(comparison["name"]) == ["="]
    else { return [] }
    let (left, right) = (comparison["lexpr"], comparison["rexpr"])
    switch comparison["kind"] as? String {
    case "AEXPR_IN": return given(left, among: Self.items(right).map { Self.parts($0) })
    case "AEXPR_OP_ANY":
      // ARRAY[1, 2] or '{1, 2}'.
      let value = ParseTree.child(right, "TypeCast")?["arg"] ?? right
      let elements = ParseTree.child(value, "A_ArrayExpr")?["elements"] as? [Any]
      return given(left, among: (elements ?? [value].compactMap { $0 }).map { [$0] })
    case "AEXPR_OP":
      return given(left, among: [Self.parts(right)]).union(given(right, among: [Self.parts(left)]))
    default: return []
    }
  }

  /// `value IN (VALUES (...), ...)`.
  private func given(bySubquery subquery: ParseTree.Node) -> Set<String> {
    guard subquery["subLinkType"] as? String == "ANY_SUBLINK", subquery["operName"] == nil,
      let rows = ParseTree.child(subquery["subselect"], "SelectStmt")?["valuesLists"] as? [Any]
    else { return [] }
    return given(subquery["testexpr"], among: rows.map { Self.items($0) })
  }

  /// The columns in a value or a row that must be one of these, and for which all these have a constant.
  private func given(_ value: Any?, among rows: [[Any?]]) -> Set<String> {
    guard !rows.isEmpty else { return [] }
    let columns = Self.parts(value).enumerated().compactMap { index, part -> String? in
      let isGiven = rows.allSatisfy { $0.indices.contains(index) && ParseTree.constant($0[index]) != nil }
      return isGiven ? column(part) : nil
    }
    return Set(columns)
  }

  /// What a row consists of; another value by itself.
  private static func parts(_ value: Any?) -> [Any?] {
    guard let row = ParseTree.child(value, "RowExpr") else { return [value] }
    return row["args"] as? [Any] ?? []
  }

  private static func items(_ list: Any?) -> [Any?] {
    ParseTree.child(list, "List")?["items"] as? [Any] ?? []
  }

  /// A column of the statement's table; nil for another's.
  private func column(_ value: Any?) -> String? {
    let names = ParseTree.names(ParseTree.child(value, "ColumnRef")?["fields"])
    let isOwn = names.count > 1 ? names[names.count - 2] == name : isAlone
    return isOwn ? names.last : nil
  }
}
