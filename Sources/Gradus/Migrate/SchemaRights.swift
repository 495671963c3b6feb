import GradusSQL

/// Whether a role may make what a plan makes, and whether that comes to where the database's tables are. Found out before
/// the first step, which may be to shut older versions out.
///
/// PostgreSQL only: a SQLite file may be written or not.
struct SchemaRights {
  let plan: Plan

  /// Looks at the session's role and search path.
  ///
  /// - Returns: what an operator should know of the database.
  /// - Throws: `SQLError` with code `permissionDenied`; `GradusError` with code `wrongSchema`.
  func check(on session: Session) async throws -> [String] {
    guard session.engine == .postgres, plan.steps.contains(where: \.makesObjects) else { return [] }
    let guarded = Array(Set(plan.steps.flatMap(\.guardedTables))).sorted()
    return try await session.run { connection in
      guard let row = try connection.queryRow(Self.query, [.textArray(guarded)]) else { return [] }
      let role = try row.text(0)
      let schema = row[1].text ?? ""
      if let place = row[3].text, place != schema { throw Self.wrongSchema(schema, place) }
      guard row[2].boolean == true else {
        throw Self.denied("the role '\(role)' may not make tables in the schema '\(schema)'")
      }
      if let tables = row[4].text {
        throw Self.denied("the role '\(role)' may not make triggers, which guards need, on \(tables)")
      }
      let encoding = try row.text(5)
      guard encoding != "UTF8" else { return [] }
      return [
        encoding == "SQL_ASCII"
          ? "the database's encoding is SQL_ASCII: bytes that are not UTF-8 cannot be read; one of UTF8 has none"
          : "the database's encoding is \(encoding): texts with other characters cannot be written; one of UTF8 takes all"
      ]
    }
  }

  /// Tables that guards are put on and deltas are yet to make have no rights that could be missing.
  private static let query = """
    SELECT current_user::text, current_schema()::text, has_schema_privilege(current_schema()::text, 'CREATE'),
      (SELECT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = to_regclass('schema_version')),
      (SELECT string_agg(t.name, ', ' ORDER BY t.name) FROM unnest($1::text[]) AS t (name)
        WHERE NOT has_table_privilege(to_regclass(quote_ident(t.name)), 'TRIGGER')),
      current_setting('server_encoding')
    """

  private static func denied(_ message: String) -> SQLError {
    SQLError(
      .permissionDenied, message,
      hint: "nothing was changed; connect as the role that owns the tables, or take its place "
        + "in the address by " + AddressSetting.advice("role", "OWNER"))
  }

  private static func wrongSchema(_ first: String, _ place: String) -> GradusError {
    let isPlain = place.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
    }
    return GradusError(
      .wrongSchema,
      "the database's tables are in the schema '\(place)', and new ones would come into '\(first)'",
      hint: "nothing was changed; let the search path begin with the schema of the tables, "
        + "such as in the address by "
        + AddressSetting.advice("search_path", isPlain ? place : SQLText.identifier(place)))
  }
}

extension PlanStep {
  /// Whether it may make tables or functions.
  fileprivate var makesObjects: Bool {
    switch action {
    case .createBookkeeping, .createSchema, .applyDelta, .installGuards: true
    default: false
    }
  }

  /// The tables that get triggers.
  fileprivate var guardedTables: [String] {
    guard case .installGuards(let migration) = action else { return [] }
    return GuardTrigger.all(of: migration, on: .postgres).map(\.watched.table)
  }
}
