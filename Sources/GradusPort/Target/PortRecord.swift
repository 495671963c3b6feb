import GradusSQL

/// How far a port is, in tables of the target.
struct PortRecord: Sendable {
  /// What a port does, in order.
  enum Phase: String, Sendable, Comparable {
    /// The schema is being made.
    case preparing
    /// Rows are being copied.
    case copying
    /// What was set aside is being made again.
    case restoring
    /// Sequences, queue and certificates are there; rows are to be compared.
    case verifying
    case complete

    private var number: Int {
      switch self {
      case .preparing: 0
      case .copying: 1
      case .restoring: 2
      case .verifying: 3
      case .complete: 4
      }
    }
    static func < (first: Phase, second: Phase) -> Bool { first.number < second.number }
  }

  var phase: Phase
  /// The version that the databases are at.
  var version: Int
  /// The compat version that the target will have.
  var compatVersion: Int?
  /// The source's file when the port began.
  var source: String
  /// What is copied.
  var plan: String

  /// A table's progress.
  struct Table: Sendable {
    var rows = 0
    var leftOut = 0
    var mended = 0
    var lastKey: RowKey?
    var isComplete = false
  }

  static let tables = [
    """
    CREATE TABLE IF NOT EXISTS gradus_port (
      table_name TEXT NOT NULL PRIMARY KEY,
      copied BIGINT NOT NULL DEFAULT 0,
      left_out BIGINT NOT NULL DEFAULT 0,
      mended BIGINT NOT NULL DEFAULT 0,
      last_key TEXT,
      is_complete BOOLEAN NOT NULL DEFAULT FALSE
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS gradus_port_state (
      lock CHAR(1) NOT NULL DEFAULT 'X' UNIQUE CHECK (lock = 'X'),
      phase TEXT NOT NULL,
      version INTEGER NOT NULL,
      compat_version INTEGER,
      source TEXT NOT NULL,
      plan TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS gradus_port_set_aside (
      number BIGINT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      sql TEXT NOT NULL
    )
    """,
  ]

  /// Nil where no port has begun.
  ///
  /// - Throws: `PortRefused` where a newer release has.
  static func read(_ connection: Connection) throws -> PortRecord? {
    guard
      try connection.queryRow("SELECT to_regclass('gradus_port_state') IS NOT NULL")?.boolean(0) == true,
      let row = try connection.queryRow(
        "SELECT phase, version, compat_version, source, plan FROM gradus_port_state")
    else { return nil }
    let name = try row.text(0)
    guard let phase = Phase(rawValue: name) else {
      // Taken for none, it would be begun anew, and what is there be emptied.
      throw PortRefused(
        ["the port of this target has come to '\(name)', which this release does not know"],
        hint: "nothing was changed; go on with the release that began it")
    }
    return PortRecord(
      phase: phase, version: Int(try row.integer(1)), compatVersion: row[2].integer.map { Int($0) },
      source: try row.text(3), plan: try row.text(4))
  }

  /// Takes the place of what was recorded.
  func write(_ connection: Connection) throws {
    for sql in Self.tables { try connection.execute(sql) }
    try connection.execute("DELETE FROM gradus_port_state")
    try connection.execute(
      """
      INSERT INTO gradus_port_state (phase, version, compat_version, source, plan) VALUES ($1, $2, $3, $4, $5)
      """,
      [
        .text(phase.rawValue), SQLValue(version), SQLValue(compatVersion), .text(source), .text(plan),
      ])
  }

  static func setPhase(_ phase: Phase, _ connection: Connection) throws {
    try connection.execute("UPDATE gradus_port_state SET phase = $1", [.text(phase.rawValue)])
  }

  static func setPlan(_ plan: String, _ connection: Connection) throws {
    try connection.execute("UPDATE gradus_port_state SET plan = $1", [.text(plan)])
  }

  static func progress(_ connection: Connection) throws -> [String: Table] {
    var tables: [String: Table] = [:]
    try connection.forEachRow(
      "SELECT table_name, copied, left_out, mended, last_key, is_complete FROM gradus_port"
    ) { row in
      tables[try row.text(0)] = Table(
        rows: Int(try row.integer(1)), leftOut: Int(try row.integer(2)), mended: Int(try row.integer(3)),
        lastKey: row[4].text.flatMap { RowKey(stored: $0) }, isComplete: try row.boolean(5))
    }
    return tables
  }

  /// Belongs into the transaction of the rows.
  static func record(_ progress: Table, of table: String, _ connection: Connection) throws {
    try connection.execute(
      """
      INSERT INTO gradus_port (table_name, copied, left_out, mended, last_key, is_complete)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (table_name) DO UPDATE SET copied = excluded.copied, left_out = excluded.left_out,
        mended = excluded.mended, last_key = excluded.last_key, is_complete = excluded.is_complete
      """,
      [
        .text(table), SQLValue(progress.rows), SQLValue(progress.leftOut), SQLValue(progress.mended),
        SQLValue(progress.lastKey?.stored), .boolean(progress.isComplete),
      ])
  }
}
