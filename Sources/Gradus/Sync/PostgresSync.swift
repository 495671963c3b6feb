import GradusSQL

/// A synchronised column's trigger on PostgreSQL: before the row is stored, so that NOT NULL sees the value.
struct PostgresSync {
  /// The name of the trigger and of its function.
  let name: String
  let sync: UpdateDeclaration.SyncColumn

  var sql: [String] {
    let name = SQLText.identifier(name)
    let to = SQLText.identifier(sync.to)
    let fromChanged = sync.from.map(SQLText.identifier).map { "NEW.\($0) IS DISTINCT FROM OLD.\($0)" }
      .joined(separator: " OR ")
    return [
      """
      CREATE FUNCTION \(name)() RETURNS trigger LANGUAGE plpgsql AS $gradus_sync$
      #variable_conflict use_column
      BEGIN
        IF TG_OP = 'INSERT' THEN
          IF NEW.\(to) IS NULL THEN
            NEW.\(to) := \(using);
          \(reverse { "ELSIF NEW.\($0) IS NULL THEN" })
          END IF;
        ELSIF NEW.\(to) IS NOT DISTINCT FROM OLD.\(to) THEN
          IF \(fromChanged) THEN
            NEW.\(to) := \(using);
          END IF;
        \(reverse { "ELSIF NEW.\($0) IS NOT DISTINCT FROM OLD.\($0) THEN" })
        END IF;
        RETURN NEW;
      END
      $gradus_sync$
      """,
      """
      CREATE TRIGGER \(name) BEFORE INSERT OR UPDATE ON \(SQLText.identifier(sync.table))
      FOR EACH ROW EXECUTE FUNCTION \(name)()
      """,
    ]
  }

  private var using: String { value(sync.using) }

  /// An expression over the row's columns under their own names.
  private func value(_ text: UpdateDeclaration.EngineSQL) -> String {
    "(SELECT (\n\(text.byEngine[.postgres] ?? "NULL")\n) FROM (SELECT NEW.*) AS \(SQLText.identifier(sync.table)))"
  }

  /// The branch for a writer of the new column alone; not taken where the row is right, as a backfill leaves it.
  private func reverse(_ condition: (String) -> String) -> String {
    guard let reverse = sync.reverse else { return "" }
    let (from, to) = (SQLText.identifier(sync.from[0]), SQLText.identifier(sync.to))
    return """
      \(condition(from))
        IF NEW.\(to) IS DISTINCT FROM \(using) THEN
          NEW.\(from) := \(value(reverse));
          NEW.\(to) := \(using);
        END IF;
      """
  }
}
