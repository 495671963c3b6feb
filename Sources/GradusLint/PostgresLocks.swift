/// Which locks PostgreSQL's statements take, by its manual's chapters 13.3 (explicit locking) and those of the
/// statements.
enum PostgresLocks {
  static func effect(_ statement: PostgresParser.Statement) -> StatementEffect {
    let (locks, scans) = locks(statement.kind, statement.fields)
    return StatementEffect(
      statement: statement.text, position: statement.position, locks: locks, scans: scans)
  }

  /// Whether it is known which locks a statement takes, and what it reads.
  static func knows(_ kind: String) -> Bool { judged.contains(kind) || harmless.contains(kind) }

  /// The statements that `locks` judges.
  private static let judged: Set = [
    "CreateStmt", "CreateForeignTableStmt", "IndexStmt", "AlterTableStmt", "RenameStmt",
    "AlterObjectSchemaStmt",
    "DropStmt", "TruncateStmt", "LockStmt", "CreateTrigStmt", "InsertStmt", "UpdateStmt", "DeleteStmt",
    "MergeStmt",
    "CreateTableAsStmt", "VacuumStmt", "ClusterStmt", "ReindexStmt", "RefreshMatViewStmt", "RuleStmt",
    "CreatePolicyStmt", "AlterPolicyStmt",
  ]

  /// Those that keep nobody from a table, and read none but what a SELECT says.
  private static let harmless: Set = [
    "SelectStmt", "ExplainStmt", "TransactionStmt", "VariableSetStmt", "VariableShowStmt",
    "ConstraintsSetStmt",
    "DiscardStmt", "ListenStmt", "NotifyStmt", "UnlistenStmt", "DeallocateStmt", "PrepareStmt",
    "ViewStmt", "CreateFunctionStmt", "AlterFunctionStmt", "CreateSeqStmt", "AlterSeqStmt", "CreateEnumStmt",
    "AlterEnumStmt", "CompositeTypeStmt", "CreateRangeStmt", "CreateDomainStmt", "DefineStmt",
    "AlterTypeStmt",
    "CreateCastStmt", "CreateConversionStmt", "CreateOpClassStmt", "CreateOpFamilyStmt", "AlterOpFamilyStmt",
    "AlterOperatorStmt", "AlterCollationStmt", "AlterTSConfigurationStmt", "AlterTSDictionaryStmt",
    "CreateSchemaStmt", "CreateExtensionStmt", "CreatePLangStmt", "CreateTransformStmt", "CreateStatsStmt",
    "AlterStatsStmt", "AlterOwnerStmt", "AlterObjectDependsStmt", "CommentStmt", "SecLabelStmt", "GrantStmt",
    "GrantRoleStmt", "AlterDefaultPrivilegesStmt", "CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt",
    "DropRoleStmt", "CreateFdwStmt", "AlterFdwStmt", "CreateForeignServerStmt", "AlterForeignServerStmt",
    "CreateUserMappingStmt", "AlterUserMappingStmt", "DropUserMappingStmt",
  ]

  private static let everybody = "readers and writers"
  private static let writers = "writers"
  private static let schemaChanges = "other schema changes"

  private static func locks(_ kind: String, _ fields: [String: Any]) -> ([StatementEffect.Lock], scans: Bool)
  {
    let table = ParseTree.relation(fields)
    switch kind {
    case "CreateStmt", "CreateForeignTableStmt":
      var locks = [StatementEffect.Lock(table, "ACCESS EXCLUSIVE", blocks: "nobody: the table is new")]
      // The table of which it is a partition; one that it inherits from goes on.
      if fields["partbound"] != nil {
        locks += tables(fields["inhRelations"]).map {
          StatementEffect.Lock($0, "ACCESS EXCLUSIVE", blocks: everybody)
        }
      }
      locks += referencedTables(fields).map {
        StatementEffect.Lock($0, "SHARE ROW EXCLUSIVE", blocks: writers)
      }
      return (locks, false)
    case "IndexStmt":
      return fields["concurrent"] as? Bool == true
        ? ([.init(table, "SHARE UPDATE EXCLUSIVE", blocks: schemaChanges)], true)
        : ([.init(table, "SHARE", blocks: writers)], true)
    case "AlterTableStmt" where fields["objtype"] as? String == "OBJECT_INDEX":
      return letsOthersGoOn(commands(fields))
        ? ([.init(index: table, "SHARE UPDATE EXCLUSIVE", blocks: schemaChanges)], false)
        : ([.init(index: table, "ACCESS EXCLUSIVE", blocks: everybody)], false)
    case "AlterTableStmt": return alterTable(table, fields)
    case "RenameStmt" where fields["renameType"] as? String == "OBJECT_INDEX":
      return ([.init(index: table, "SHARE UPDATE EXCLUSIVE", blocks: schemaChanges)], false)
    case "RenameStmt", "AlterObjectSchemaStmt":
      // A type or function has no table.
      return (table.map { [.init($0, "ACCESS EXCLUSIVE", blocks: everybody)] } ?? [], false)
    case "DropStmt": return (dropped(fields), false)
    case "TruncateStmt":
      return (tables(fields["relations"]).map { .init($0, "ACCESS EXCLUSIVE", blocks: everybody) }, false)
    case "LockStmt":
      return (tables(fields["relations"]).map { explicit($0, fields["mode"] as? Int ?? 8) }, false)
    case "ClusterStmt": return (table.map { [.init($0, "ACCESS EXCLUSIVE", blocks: everybody)] } ?? [], true)
    case "RefreshMatViewStmt":
      return fields["concurrent"] as? Bool == true
        ? ([.init(table, "EXCLUSIVE", blocks: writers)], true)
        : ([.init(table, "ACCESS EXCLUSIVE", blocks: everybody)], true)
    case "ReindexStmt": return reindexed(table, fields)
    case "RuleStmt", "CreatePolicyStmt", "AlterPolicyStmt":
      return ([.init(ruled(fields) ?? table, "ACCESS EXCLUSIVE", blocks: everybody)], false)
    case "CreateTrigStmt": return ([.init(table, "SHARE ROW EXCLUSIVE", blocks: writers)], false)
    case "InsertStmt":
      let select = (fields["selectStmt"] as? [String: Any])?["SelectStmt"] as? [String: Any]
      // Without SELECT there are only DEFAULT VALUES.
      return (
        [.init(table, "ROW EXCLUSIVE", blocks: "nobody")], select.map { $0["valuesLists"] == nil } ?? false
      )
    case "UpdateStmt", "DeleteStmt", "MergeStmt":
      return ([.init(table, "ROW EXCLUSIVE", blocks: "writers of the same rows")], true)
    case "CreateTableAsStmt": return ([], true)
    case "VacuumStmt": return (vacuumed(fields), true)
    default: return ([], false)
    }
  }

  /// VACUUM and ANALYZE; those of the whole database name no table.
  private static func vacuumed(_ fields: [String: Any]) -> [StatementEffect.Lock] {
    let (mode, blocks) =
      isOn("full", in: fields["options"])
      ? ("ACCESS EXCLUSIVE", everybody) : ("SHARE UPDATE EXCLUSIVE", schemaChanges)
    let tables = ParseTree.nodes("VacuumRelation", in: fields["rels"] ?? []).compactMap(ParseTree.relation)
    return tables.isEmpty
      ? [.init(nil, mode, blocks: blocks)] : tables.map { .init($0, mode, blocks: blocks) }
  }

  /// Of a whole schema or database it does not name the tables.
  private static func reindexed(
    _ relation: String?, _ fields: [String: Any]
  ) -> ([StatementEffect.Lock], scans: Bool) {
    let (mode, blocks) =
      isOn("concurrently", in: fields["params"])
      ? ("SHARE UPDATE EXCLUSIVE", schemaChanges) : ("SHARE", writers)
    guard let relation else { return ([], true) }
    return fields["kind"] as? String == "REINDEX_OBJECT_INDEX"
      ? ([.init(index: relation, mode, blocks: blocks)], true)
      : ([.init(relation, mode, blocks: blocks)], true)
  }

  /// Whether an option in brackets is given, and not turned off by a value beside it.
  static func isOn(_ name: String, in options: Any?) -> Bool {
    let given = ParseTree.nodes("DefElem", in: options ?? []).last { $0["defname"] as? String == name }
    guard let option = given else { return false }
    guard let value = option["arg"] else { return true }
    // The tree leaves zero out.
    if let number = ParseTree.child(value, "Integer") { return number["ival"] as? Int ?? 0 != 0 }
    let text = ParseTree.child(value, "String")?["sval"] as? String ?? ""
    return ["true", "on"].contains(text.lowercased())
  }

  /// The table of a rule or policy, which the tree calls otherwise than those of other statements.
  private static func ruled(_ fields: [String: Any]) -> String? {
    (fields["table"] as? ParseTree.Node)?["relname"] as? String
  }

  /// What ALTER TABLE or ALTER INDEX lists.
  private static func commands(_ fields: [String: Any]) -> [[String: Any]] {
    (fields["cmds"] as? [[String: Any]] ?? []).compactMap { $0["AlterTableCmd"] as? [String: Any] }
  }

  /// Whether an alteration keeps neither readers nor writers waiting, as most settings do.
  private static func letsOthersGoOn(_ commands: [[String: Any]]) -> Bool {
    !commands.isEmpty
      && commands.allSatisfy { command in
        switch command["subtype"] as? String {
        case "AT_ValidateConstraint", "AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions", "AT_ClusterOn",
          "AT_DropCluster":
          true
        case "AT_SetRelOptions", "AT_ResetRelOptions":
          ParseTree.nodes("DefElem", in: command["def"] ?? []).allSatisfy { option in
            !exclusiveOptions.contains(option["defname"] as? String ?? "")
          }
        default: false
        }
      }
  }

  /// The options of tables, views and indexes by which statements under way go.
  private static let exclusiveOptions: Set = [
    "user_catalog_table", "security_barrier", "security_invoker", "check_option", "fastupdate", "buffering",
    "autosummarize", "gin_pending_list_limit", "pages_per_range",
  ]

  private static func alterTable(
    _ table: String?, _ fields: [String: Any]
  ) -> ([StatementEffect.Lock], scans: Bool) {
    let commands = commands(fields)
    let kinds = commands.compactMap { $0["subtype"] as? String }
    if letsOthersGoOn(commands) {
      let scans = kinds.contains("AT_ValidateConstraint")
      return ([.init(table, "SHARE UPDATE EXCLUSIVE", blocks: schemaChanges)], scans)
    }
    if !kinds.isEmpty, kinds.allSatisfy({ $0.contains(#/^AT_(?:Enable|Disable)\w*Trig/#) }) {
      return ([.init(table, "SHARE ROW EXCLUSIVE", blocks: writers)], false)
    }
    let constraints = commands.compactMap {
      (($0["def"] as? [String: Any])?["Constraint"] as? [String: Any])
    }
    if kinds == ["AT_AddConstraint"], let constraint = constraints.first,
      constraint["contype"] as? String == "CONSTR_FOREIGN"
    {
      let locks = [table, (constraint["pktable"] as? [String: Any])?["relname"] as? String].map {
        StatementEffect.Lock($0, "SHARE ROW EXCLUSIVE", blocks: writers)
      }
      return (locks, constraint["skip_validation"] as? Bool != true)
    }
    let scanning: Set = ["AT_SetNotNull", "AT_AlterColumnType", "AT_AddConstraint"]
    let isNotValid = !constraints.isEmpty && constraints.allSatisfy { $0["skip_validation"] as? Bool == true }
    return (
      [.init(table, "ACCESS EXCLUSIVE", blocks: everybody)], !isNotValid && !scanning.isDisjoint(with: kinds)
    )
  }

  /// LOCK TABLE; the modes are numbered from the weakest, 1, to 8.
  private static func explicit(_ table: String, _ mode: Int) -> StatementEffect.Lock {
    let modes = [
      "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE",
      "EXCLUSIVE", "ACCESS EXCLUSIVE",
    ]
    let name = modes.indices.contains(mode - 1) ? modes[mode - 1] : "ACCESS EXCLUSIVE"
    let blocks = mode == 8 ? everybody : mode >= 5 ? writers : mode == 4 ? schemaChanges : "nobody"
    return StatementEffect.Lock(table, name, blocks: blocks)
  }

  private static func tables(_ list: Any?) -> [String] {
    (list as? [[String: Any]] ?? []).compactMap { ($0["RangeVar"] as? [String: Any])?["relname"] as? String }
  }

  /// Tables that a new table's foreign keys refer to.
  private static func referencedTables(_ fields: [String: Any]) -> [String] {
    ParseTree.nodes("pktable", in: fields["tableElts"] ?? []).reduce(into: []) { found, table in
      if let name = table["relname"] as? String, !found.contains(name) { found.append(name) }
    }
  }

  /// DROP locks what goes, and the table that it belongs to. Sequences, types and functions have no readers to wait.
  private static func dropped(_ fields: [String: Any]) -> [StatementEffect.Lock] {
    let names = ParseTree.droppedNames(fields)
    switch fields["removeType"] as? String {
    case "OBJECT_TABLE", "OBJECT_FOREIGN_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW":
      return names.map { .init($0.last, "ACCESS EXCLUSIVE", blocks: everybody) }
    case "OBJECT_INDEX":
      return names.map {
        fields["concurrent"] as? Bool == true
          ? .init(index: $0.last, "SHARE UPDATE EXCLUSIVE", blocks: schemaChanges)
          : .init(index: $0.last, "ACCESS EXCLUSIVE", blocks: everybody)
      }
    case "OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY":
      return names.compactMap { $0.dropLast().last }.map {
        .init($0, "ACCESS EXCLUSIVE", blocks: everybody)
      }
    default: return []
    }
  }
}
