/// What PostgreSQL's statements do, from their parse trees.
enum PostgresActions {
  static func actions(of statement: PostgresParser.Statement) -> [StatementAction] {
    let fields = statement.fields
    let table = ParseTree.relation(fields) ?? ""
    var actions: [StatementAction] = []
    switch statement.kind {
    case "TransactionStmt": actions.append(.transactionControl)
    case "VariableSetStmt": actions.append(setting(fields))
    case "CreateStmt", "CreateForeignTableStmt": actions.append(.createTable(table))
    case "CreateTableAsStmt":
      actions += name(ParseTree.child(fields, "into")?["rel"]).map { [.createTable($0)] } ?? []
    case "SelectStmt":
      actions += name(ParseTree.child(fields, "intoClause")?["rel"]).map { [.createTable($0)] } ?? []
      actions += configured(fields)
    case "IndexStmt":
      actions.append(.createIndex)
    case "RenameStmt" where fields["renameType"] as? String == "OBJECT_TABLE":
      actions.append(.renameTable(table, to: fields["newname"] as? String ?? ""))
    case "DropStmt": actions += dropped(fields)
    case "TruncateStmt": actions.append(.truncate)
    case "AlterTableStmt" where fields["objtype"] as? String == "OBJECT_TABLE":
      actions += PostgresAlterations.all(fields).map { .alter(table, $0) }
    case "DoStmt": actions.append(.hidden("DO"))
    case "CallStmt": actions.append(.hidden("CALL"))
    case "ExecuteStmt": actions.append(.hidden("EXECUTE"))
    case let kind where !PostgresLocks.knows(kind):
      let words = statement.text.split(whereSeparator: \.isWhitespace).prefix(2).map { $0.uppercased() }
      actions.append(.hidden(words.joined(separator: " ")))
    default: break
    }
    return actions + modifications(statement)
  }

  /// Whether a statement gives something another name, also a value of an enumeration.
  static func renames(_ statement: PostgresParser.Statement) -> Bool {
    statement.kind == "RenameStmt" || statement.kind == "AlterEnumStmt" && statement.fields["oldVal"] != nil
  }

  private static func name(_ relation: Any?) -> String? {
    (relation as? ParseTree.Node)?["relname"] as? String
  }

  private static func setting(_ fields: ParseTree.Node) -> StatementAction {
    let value = (fields["args"] as? [Any])?.first.flatMap { ParseTree.constant($0) }
    return .set((fields["name"] as? String ?? "all").lowercased(), to: value)
  }

  /// `SELECT set_config(name, value, ...)`.
  private static func configured(_ fields: ParseTree.Node) -> [StatementAction] {
    ParseTree.nodes("FuncCall", in: fields).compactMap { call in
      guard ParseTree.names(call["funcname"]).last == "set_config", let arguments = call["args"] as? [Any],
        arguments.count == 3, let name = ParseTree.constant(arguments[0])
      else { return nil }
      return .set(name.lowercased(), to: ParseTree.constant(arguments[1]))
    }
  }

  private static func dropped(_ fields: ParseTree.Node) -> [StatementAction] {
    let names = ParseTree.droppedNames(fields).compactMap(\.last)
    switch fields["removeType"] as? String {
    case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE": return names.map { .dropTable($0) }
    default: return []
    }
  }

  /// UPDATE, DELETE and MERGE, also in WITH.
  private static func modifications(_ statement: PostgresParser.Statement) -> [StatementAction] {
    // The bodies of functions are none of the statement's own work.
    guard ["UpdateStmt", "DeleteStmt", "MergeStmt", "InsertStmt", "SelectStmt"].contains(statement.kind)
    else { return [] }
    let root: ParseTree.Node = [statement.kind: statement.fields]
    return ["UpdateStmt", "DeleteStmt", "MergeStmt"].flatMap { ParseTree.nodes($0, in: root) }.compactMap {
      node in
      ParseTree.relation(node).map {
        .modify($0, givenColumns: PostgresCondition.givenColumns(node))
      }
    }
  }
}
