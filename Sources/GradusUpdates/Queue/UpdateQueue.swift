import Foundation
import Gradus
import GradusSQL

/// The rows of `background_updates` and, beside them in `gradus_updates`, what they cannot hold.
struct UpdateQueue {
  let connection: Connection

  /// All queued updates.
  func load() throws -> [QueuedUpdate] {
    try connection.query("SELECT update_name, progress_json, depends_on, ordering FROM background_updates")
      .map {
        QueuedUpdate(
          name: try $0.text(0), progress: try $0.text(1), dependsOn: $0[2].text,
          ordering: Int(try $0.integer(3)))
      }
  }

  /// A queued update and its statistics, its row locked against other runners; nil where it is gone.
  func lock(_ name: String) throws -> (progress: String, statistics: UpdateStatistics)? {
    let row = try connection.queryRow(
      """
      SELECT b.progress_json, u.scanned, u.written, u.batches, u.duration_ms, u.skipped, u.started_at, u.completed_at
      FROM background_updates b LEFT JOIN gradus_updates u ON u.update_name = b.update_name
      WHERE b.update_name = $1 \(connection.engine == .postgres ? "FOR UPDATE OF b" : "")
      """, [.text(name)])
    guard let row else { return nil }
    return (try row.text(0), UpdateStatistics(row, from: 1))
  }

  /// The statistics of an update, queued or completed; nil where it never ran.
  func statistics(_ name: String) throws -> UpdateStatistics? {
    try connection.queryRow(
      """
      SELECT scanned, written, batches, duration_ms, skipped, started_at, completed_at FROM gradus_updates
      WHERE update_name = $1
      """, [.text(name)]
    ).map { UpdateStatistics($0, from: 0, keepsCompleted: true) }
  }

  /// Saves what a batch came to; the update's row goes where it is complete.
  func save(_ name: String, next: String?, _ statistics: UpdateStatistics) throws {
    if let next {
      try connection.execute(
        "UPDATE background_updates SET progress_json = $2 WHERE update_name = $1", [.text(name), .text(next)])
    } else {
      try connection.execute("DELETE FROM background_updates WHERE update_name = $1", [.text(name)])
    }
    let now = ProcessIdentity.now
    try connection.execute(
      """
      INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, skipped, started_at, updated_at,
        completed_at, completed_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      ON CONFLICT (update_name) DO UPDATE SET scanned = excluded.scanned, written = excluded.written,
        batches = excluded.batches, duration_ms = excluded.duration_ms, skipped = excluded.skipped,
        started_at = excluded.started_at, updated_at = excluded.updated_at, completed_at = excluded.completed_at,
        completed_by = excluded.completed_by
      """,
      [
        .text(name), SQLValue(statistics.scanned), SQLValue(statistics.written), SQLValue(statistics.batches),
        .double(statistics.milliseconds), .text(statistics.skippedJSON),
        .integer(statistics.startedAt ?? now),
        .integer(now), next == nil ? .integer(now) : .null,
        next == nil ? .text(ProcessIdentity.current) : .null,
      ])
  }
}

/// What an update has done since it was queued, over all processes that worked on it.
public struct UpdateStatistics: Sendable, Hashable {
  /// Rows looked at.
  public var scanned = 0
  /// Rows written.
  public var written = 0
  /// Batches done.
  public var batches = 0
  /// Time spent in batches, in milliseconds.
  public var milliseconds = 0.0
  /// Rows left out or treated as absent for bad data, by reason.
  public var skipped: [String: Int] = [:]
  /// When the first batch began, in milliseconds since 1970.
  public var startedAt: Int64?
  /// When it was completed, in milliseconds since 1970.
  public var completedAt: Int64?

  /// Nothing done yet.
  public init() {}

  /// From seven columns; those of an update that was completed before and is queued anew begin at nothing.
  init(_ row: Row, from first: Int, keepsCompleted: Bool = false) {
    guard keepsCompleted || row[first + 6].isNull else { return }
    scanned = Int(row[first].integer ?? 0)
    written = Int(row[first + 1].integer ?? 0)
    batches = Int(row[first + 2].integer ?? 0)
    milliseconds = row[first + 3].double ?? 0
    skipped =
      row[first + 4].text.flatMap { try? JSONDecoder().decode([String: Int].self, from: Data($0.utf8)) }
      ?? [:]
    startedAt = row[first + 5].integer
    completedAt = row[first + 6].integer
  }

  var skippedJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(skipped)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  mutating func add(scanned: Int, written: Int, skipped: [String: Int], milliseconds: Double) {
    self.scanned += scanned
    self.written += written
    self.milliseconds += milliseconds
    batches += 1
    self.skipped.merge(skipped, uniquingKeysWith: +)
  }
}
