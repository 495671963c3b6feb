import Gradus
import GradusSQL

/// What of the bookkeeping a port takes along: what the rows are known to be.
struct PortedBookkeeping: Sendable {
  /// The certificates of completed updates.
  var certificates: [Row] = []
  /// How far purges have seen the sources of derived tables.
  var watermarks: [Row] = []

  private static let certificateColumns = [
    "update_name", "started_at", "completed_at", "version", "completed_by", "scanned", "written", "batches",
    "duration_ms", "skipped", "verified",
  ]

  static func read(_ connection: Connection) throws -> PortedBookkeeping {
    let tables = try CatalogTables.names(connection)
    var bookkeeping = PortedBookkeeping()
    if tables.contains("gradus_update_certificates") {
      bookkeeping.certificates = try connection.query(
        "SELECT \(certificateColumns.joined(separator: ", ")) FROM gradus_update_certificates")
    }
    if tables.contains("gradus_watermarks") {
      bookkeeping.watermarks = try connection.query("SELECT table_name, position FROM gradus_watermarks")
    }
    return bookkeeping
  }

  func write(_ connection: Connection) throws {
    let columns = Self.certificateColumns
    for row in certificates {
      // What the target's own empty tables were certified for says less.
      try connection.execute("DELETE FROM gradus_update_certificates WHERE update_name = $1", [row[0]])
      try connection.execute(
        """
        INSERT INTO gradus_update_certificates (\(columns.joined(separator: ", ")))
        VALUES (\(columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")))
        """, row.values)
    }
    try connection.execute("DELETE FROM gradus_watermarks")
    for row in watermarks {
      try connection.execute(
        "INSERT INTO gradus_watermarks (table_name, position) VALUES ($1, $2)", row.values)
    }
  }
}
