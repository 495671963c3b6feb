import Gradus
public import GradusSQL

/// The record that an update is complete: completed is a record, not an absence.
public struct UpdateCertificate: Sendable, Hashable {
  /// The update.
  public var name: String
  /// When its first batch began, in milliseconds since 1970; nil where that is not known.
  public var startedAt: Int64?
  /// When it was completed, in milliseconds since 1970.
  public var completedAt: Int64
  /// The schema version of the application that completed it; nil where the database had none.
  public var version: Int?
  /// The process that completed it.
  public var completedBy: String
  /// Rows looked at.
  public var scanned: Int
  /// Rows written.
  public var written: Int
  /// Batches done.
  public var batches: Int
  /// Time spent in batches, in milliseconds.
  public var milliseconds: Double
  /// Rows left out or treated as absent for bad data, by reason.
  public var skipped: [String: Int]
  /// What was found right when it was completed.
  public var verified: String

  private static let columns = """
    update_name, started_at, completed_at, version, completed_by, scanned, written, batches, duration_ms, skipped, verified
    """

  /// The certificate of an update; nil where it has none. Of an update that was run more than once it is the last.
  ///
  /// - Parameters:
  ///   - name: the update.
  ///   - connection: a connection to its database, with Gradus's tables.
  /// - Throws: `SQLError`.
  public static func read(_ name: String, on connection: Connection) throws -> UpdateCertificate? {
    try connection.queryRow(
      "SELECT \(columns) FROM gradus_update_certificates WHERE update_name = $1", [.text(name)]
    ).map(UpdateCertificate.init)
  }

  /// All certificates, the newest first.
  ///
  /// - Throws: `SQLError`.
  public static func readAll(on connection: Connection) throws -> [UpdateCertificate] {
    try connection.query(
      "SELECT \(columns) FROM gradus_update_certificates ORDER BY completed_at DESC, update_name"
    ).map(UpdateCertificate.init)
  }

  private init(_ row: Row) throws {
    self.init(
      name: try row.text(0), startedAt: row[1].integer, completedAt: try row.integer(2),
      version: row[3].integer.map { Int($0) }, completedBy: try row.text(4),
      scanned: BatchCount.number(try row.integer(5)), written: BatchCount.number(try row.integer(6)),
      batches: BatchCount.number(try row.integer(7)), milliseconds: BatchCount.milliseconds(row[8].double),
      skipped: [String: Int](skippedJSON: try row.text(9)), verified: try row.text(10))
  }

  init(
    name: String, startedAt: Int64?, completedAt: Int64, version: Int?, completedBy: String, scanned: Int,
    written: Int, batches: Int, milliseconds: Double, skipped: [String: Int], verified: String
  ) {
    self.name = name
    self.startedAt = startedAt
    self.completedAt = completedAt
    self.version = version
    self.completedBy = completedBy
    self.scanned = scanned
    self.written = written
    self.batches = batches
    self.milliseconds = milliseconds
    self.skipped = skipped
    self.verified = verified
  }

  /// Writes a certificate over an earlier one of its name.
  static func issue(
    _ name: String, _ statistics: UpdateStatistics, verified: String, version: Int?, on connection: Connection
  ) throws -> UpdateCertificate {
    let row = try connection.queryRow(
      """
      INSERT INTO gradus_update_certificates (\(columns))
      VALUES ($1, $2, $3, coalesce($4, (SELECT max(version) FROM schema_version)), $5, $6, $7, $8, $9, $10, $11)
      ON CONFLICT (update_name) DO UPDATE SET started_at = excluded.started_at, completed_at = excluded.completed_at,
        version = excluded.version, completed_by = excluded.completed_by, scanned = excluded.scanned,
        written = excluded.written, batches = excluded.batches, duration_ms = excluded.duration_ms,
        skipped = excluded.skipped, verified = excluded.verified
      RETURNING \(columns)
      """,
      [
        .text(name), statistics.startedAt.map { .integer($0) } ?? .null, .integer(ProcessIdentity.now),
        SQLValue(version), .text(ProcessIdentity.current), SQLValue(statistics.done.scanned),
        SQLValue(statistics.done.written), SQLValue(statistics.done.batches),
        .double(statistics.done.milliseconds),
        .text(statistics.done.skipped.skippedJSON), .text(verified),
      ])
    return try UpdateCertificate(row!)
  }
}
