import GradusSQL

/// Triggers that are recorded and do not fire: they went with a table that was replaced, or somebody dropped them or
/// switched them off.
enum LostGuards {
  /// Whether the trigger of a row of `gradus_guard_triggers`, named `t`, is lost: a condition, as SQL.
  static func condition(on engine: Engine) -> String {
    switch engine {
    case .sqlite:
      // The table's name is kept as the trigger spelt it, or as a rename did. The schema has no index: it is read once, and
      // not once a trigger.
      """
      (t.name, lower(t.table_name)) NOT IN (
        SELECT m.name, lower(m.tbl_name) FROM sqlite_master AS m WHERE m.type = 'trigger')
      """
    case .postgres:
      """
      NOT EXISTS (SELECT 1 FROM pg_trigger AS g
        WHERE g.tgrelid = to_regclass(quote_ident(t.table_name)) AND g.tgname = t.name AND g.tgenabled IN ('O', 'A'))
      """
    }
  }
}
