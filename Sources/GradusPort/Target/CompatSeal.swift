import Gradus
import GradusSQL

/// The target's compat version while it is being filled: above all versions, so that no application opens it.
enum CompatSeal {
  /// As the migrator makes the table.
  private static let columns = """
    (lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE, compat_version INTEGER NOT NULL, CHECK (lock = 'X'))
    """

  /// Closes the target, whose schema may be yet to come.
  static func close(_ connection: Connection) throws {
    try connection.execute("CREATE TABLE IF NOT EXISTS schema_compat_version \(columns)")
    try set(Admission.portSeal, connection)
  }

  static func set(_ compat: Int, _ connection: Connection) throws {
    try connection.execute("DELETE FROM schema_compat_version")
    try connection.execute(
      "INSERT INTO schema_compat_version (compat_version) VALUES ($1)", [SQLValue(compat)])
  }

  /// Lets one session make the schema, which the seal would keep it from as well: a table of its own hides the sealed one
  /// from it alone, and is gone with it.
  static func hide(_ connection: Connection) throws {
    try connection.execute("CREATE TEMPORARY TABLE schema_compat_version \(columns)")
  }

  static func show(_ connection: Connection) throws {
    try connection.execute("DROP TABLE IF EXISTS pg_temp.schema_compat_version")
  }
}
