import Gradus
import GradusSQL

/// The target's compat version while it is being filled: above all versions, so that no application opens it.
enum CompatSeal {
  /// Closes the target, whose schema may be yet to come.
  static func close(_ connection: Connection) throws {
    try BookkeepingTables.ensureCompat(connection)
    try BookkeepingTables.setCompat(Admission.portSeal, on: connection)
  }

  /// Lets one session make the schema, which the seal would keep it from as well: a table of its own hides the sealed one
  /// from it alone, and is gone with it.
  static func hide(_ connection: Connection) throws {
    try connection.execute(
      "CREATE TEMPORARY TABLE schema_compat_version (LIKE schema_compat_version INCLUDING ALL)")
  }

  static func show(_ connection: Connection) throws {
    try connection.execute("DROP TABLE IF EXISTS pg_temp.schema_compat_version")
  }
}
