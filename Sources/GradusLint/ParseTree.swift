/// Ways through libpg_query's tree, which is JSON.
enum ParseTree {
  typealias Node = [String: Any]

  /// All nodes of a kind, wherever they are.
  static func nodes(_ kind: String, in value: Any) -> [Node] {
    if let list = value as? [Any] { return list.flatMap { nodes(kind, in: $0) } }
    guard let map = value as? Node else { return [] }
    return map.flatMap { key, value -> [Node] in
      (key == kind ? [value as? Node].compactMap { $0 } : []) + nodes(kind, in: value)
    }
  }

  /// The tables that a statement names, as a node of a table or as the table that it is about.
  static func relations(_ value: Any) -> Set<String> {
    if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(relations($1)) } }
    guard let map = value as? Node else { return [] }
    let own = (map["relname"] as? String).map { [$0] } ?? []
    return map.values.reduce(into: Set(own)) { $0.formUnion(relations($1)) }
  }

  /// All texts: names and constants.
  static func texts(_ value: Any) -> [String] {
    if let text = value as? String { return [text] }
    if let list = value as? [Any] { return list.flatMap(texts) }
    return (value as? Node)?.values.flatMap(texts) ?? []
  }

  /// The table that a statement is about.
  static func relation(_ fields: Node) -> String? { (fields["relation"] as? Node)?["relname"] as? String }

  /// The texts of a list of strings.
  static func names(_ list: Any?) -> [String] {
    (list as? [Node] ?? []).compactMap { ($0["String"] as? Node)?["sval"] as? String }
  }

  /// The names of the functions that an expression calls.
  static func calls(in expression: Any) -> Set<String> {
    Set(nodes("FuncCall", in: expression).compactMap { names($0["funcname"]).last })
  }

  /// The names that DROP lists, each with what stands before it: its schema, or the table of a trigger.
  static func droppedNames(_ fields: Node) -> [[String]] {
    (fields["objects"] as? [Node] ?? []).map { names(child($0, "List")?["items"]) }
  }

  /// The only child's kind and fields.
  static func child(_ value: Any?, _ kind: String) -> Node? { (value as? Node)?[kind] as? Node }

  /// Whether it is a constant, which NULL is, too.
  static func isConstant(_ value: Any?) -> Bool {
    child(value, "A_Const") != nil || child(value, "TypeCast").map { isConstant($0["arg"]) } ?? false
  }

  /// A constant's text; nil for what is none. The tree leaves zero out.
  static func constant(_ value: Any?) -> String? {
    guard let constant = child(value, "A_Const") else {
      return child(value, "TypeCast").flatMap { Self.constant($0["arg"]) }
    }
    if let text = constant["sval"] as? Node { return text["sval"] as? String ?? "" }
    if let number = constant["ival"] as? Node { return String(number["ival"] as? Int ?? 0) }
    if let number = constant["fval"] as? Node { return number["fval"] as? String }
    if let truth = constant["boolval"] as? Node { return String(truth["boolval"] as? Bool ?? false) }
    return nil
  }
}
