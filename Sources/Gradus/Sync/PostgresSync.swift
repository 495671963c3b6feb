import GradusSQL

/// A synchronised column's trigger on PostgreSQL: before the row is stored, so that NOT NULL sees the value.
///
/// Values are compared by their bytes, `*=`, as a change that a collation or a type takes for none is one.
struct PostgresSync {
  /// The name of the trigger's function.
  let function: String
  /// The name of the trigger.
  let trigger: String
  let sync: UpdateDeclaration.SyncColumn
  /// Where the expressions' types, functions and tables are looked for, whoever writes.
  let searchPath: String

  var sql: [String] {
    let name = SQLText.identifier(function)
    let to = SQLText.identifier(sync.to)
    return [
      """
      CREATE FUNCTION \(name)() RETURNS trigger LANGUAGE plpgsql SET search_path = \(searchPath) AS $gradus_sync$
      #variable_conflict use_column
      DECLARE
        computed record;
      BEGIN
        IF TG_OP = 'INSERT' THEN
          IF NEW.\(to) IS NULL THEN
            \(Self.assigned(sync.to))\(using);
          \(reverse { "ELSIF NEW.\(SQLText.identifier($0)) IS NULL THEN" })
          END IF;
        ELSIF \(Self.unchanged(sync.to)) THEN
          IF \(sync.from.map(Self.changed).joined(separator: " OR ")) THEN
            \(Self.assigned(sync.to))\(using);
          END IF;
        \(reverse { "ELSIF \(Self.unchanged($0)) THEN" })
        END IF;
        RETURN NEW;
      END
      $gradus_sync$
      """,
      """
      CREATE TRIGGER \(SQLText.identifier(trigger)) BEFORE INSERT OR UPDATE ON \(SQLText.identifier(sync.table))
      FOR EACH ROW EXECUTE FUNCTION \(name)()
      """,
    ]
  }

  /// The condition that a column was changed; in the trigger of a column that is computed from it.
  static func changed(_ column: String) -> String { compared(column, "*<>") }

  /// The start of the statement that gives a column its value; in the trigger of a column that is computed.
  static func assigned(_ column: String) -> String { "NEW.\(SQLText.identifier(column)) := " }

  private static func unchanged(_ column: String) -> String { compared(column, "*=") }

  private static func compared(_ column: String, _ comparison: String) -> String {
    let column = SQLText.identifier(column)
    return "ROW(NEW.\(column))::record \(comparison) ROW(OLD.\(column))"
  }

  private var using: String { value(sync.using) }

  /// An expression over the row's columns under their own names.
  private func value(_ text: UpdateDeclaration.EngineSQL) -> String {
    "(SELECT (\n\(text.byEngine[.postgres] ?? "NULL")\n) FROM (SELECT NEW.*) AS \(SQLText.identifier(sync.table)))"
  }

  /// The branch for a writer of the new column alone; not taken where the row is right, as a backfill leaves it.
  private func reverse(_ condition: (String) -> String) -> String {
    guard let reverse = sync.reverse else { return "" }
    let to = SQLText.identifier(sync.to)
    // Assigned to a copy of the row first, which makes it a value of the column's type.
    return """
      \(condition(sync.from[0]))
        computed := NEW;
        computed.\(to) := \(using);
        IF ROW(NEW.\(to))::record *<> ROW(computed.\(to)) THEN
          \(Self.assigned(sync.from[0]))\(value(reverse));
          \(Self.assigned(sync.to))\(using);
        END IF;
      """
  }
}
