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
      let parents = referencedTables(fields).map {
        StatementEffect.Lock($0, "SHARE ROW EXCLUSIVE", blocks: writers)
      }
      return ([.init(table, "ACCESS EXCLUSIVE", blocks: "nobody: the table is new")] + parents, false)
    case "IndexStmt":
      return fields["concurrent"] as? Bool == true
        ? ([.init(table, "SHARE UPDATE EXCLUSIVE", blocks: schemaChanges)], true)
        : ([.init(table, "SHARE", blocks: writers)], true)
    case "AlterTableStmt" where fields["objtype"] as? String == "OBJECT_INDEX":
      return ([.init(index: table, "ACCESS EXCLUSIVE", blocks: everybody)], false)
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
    case "VacuumStmt": return ([.init(table, "SHARE UPDATE EXCLUSIVE", blocks: schemaChanges)], true)
    default: return ([], false)
    }
  }

  /// Of a whole schema or database it does not name the tables.
  private static func reindexed(
    _ relation: String?, _ fields: [String: Any]
  ) -> ([StatementEffect.Lock], scans: Bool) {
    let options = ParseTree.nodes("DefElem", in: fields["params"] ?? []).compactMap {
      $0["defname"] as? String
    }
    let (mode, blocks) =
      options.contains("concurrently") ? ("SHARE UPDATE EXCLUSIVE", schemaChanges) : ("SHARE", writers)
    guard let relation else { return ([], true) }
    return fields["kind"] as? String == "REINDEX_OBJECT_INDEX"
      ? ([.init(index: relation, mode, blocks: blocks)], true)
      : ([.init(relation, mode, blocks: blocks)], true)
  }

  /// The table of a rule or policy, which the tree calls otherwise than those of other statements.
  private static func ruled(_ fields: [String: Any]) -> String? {
    (fields["table"] as? ParseTree.Node)?["relname"] as? String
  }

  private static func alterTable(
    _ table: String?, _ fields: [String: Any]
  ) -> ([StatementEffect.Lock], scans: Bool) {
    let commands = (fields["cmds"] as? [[String: Any]] ?? []).compactMap {
      $0["AlterTableCmd"] as? [String: Any]
    }
    let kinds = commands.compactMap { $0["subtype"] as? String }
    if !kinds.isEmpty, kinds.allSatisfy({ ["AT_ValidateConstraint", "AT_SetStatistics"].contains($0) }) {
      return ([.init(table, "SHARE UPDATE EXCLUSIVE", blocks: schemaChanges)], true)
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
