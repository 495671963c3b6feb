/// What a port came to, or would copy.
package struct PortResult: Sendable, Encodable {
  package enum Status: String, Sendable, Encodable {
    /// Nothing was changed: only looked at.
    case dryRun = "dry_run"
    case complete
    /// It was complete before.
    case alreadyComplete = "already_complete"
    /// Rows differ.
    case differs
  }

  package struct Table: Sendable, Encodable {
    package var name: String
    package var rows: Int
    /// Rows left out, as they hold text that PostgreSQL cannot.
    package var leftOut = 0
    /// Values mended for the same reason.
    package var mended = 0

    enum CodingKeys: String, CodingKey {
      case name, rows, mended
      case leftOut = "left_out"
    }
  }

  package var status: Status
  package var version: Int
  package var tables: [Table] = []
  /// Tables of the source that the operator leaves out.
  package var leftOut: [String] = []
  /// Tables that are built anew.
  package var rebuilt: [String] = []
  /// The updates that do so.
  package var queued: [String] = []
  package var warnings: [String] = []
  /// What the comparison of source and target found.
  package var differences: [String] = []
  package var durationMs = 0

  enum CodingKeys: String, CodingKey {
    case status, version, tables, rebuilt, queued, warnings, differences
    case leftOut = "left_out"
    case durationMs = "duration_ms"
  }
}
