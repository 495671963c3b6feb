import Foundation
import Gradus
package import GradusSQL

/// A worker as other processes see it: the row of `gradus_workers` that a run of more than a few seconds keeps.
package struct WorkerRow: Sendable, Hashable {
  /// The worker's identity.
  package var worker: String
  /// When it began, in milliseconds since 1970.
  package var startedAt: Int64
  /// When it last wrote the row, in milliseconds since 1970.
  package var seenAt: Int64
  /// The update that it is at.
  package var update: String?
  /// `running`, `slowed` or `paused`.
  package var state: String
  /// Its readings beside their limits.
  package var health: [HealthReading]

  /// Rows so old, in milliseconds, are of workers that were killed; those as far ahead are from before a clock was set
  /// back.
  private static let lifetime: Int64 = 60_000

  /// The workers that have given a sign of life within the last minute.
  package static func readAll(_ connection: Connection) throws -> [WorkerRow] {
    try connection.query(
      """
      SELECT worker, started_at, seen_at, update_name, state, health FROM gradus_workers
      WHERE \(age(connection.engine)) < $1 ORDER BY started_at, worker
      """, [.integer(lifetime)]
    ).map { row in
      WorkerRow(
        worker: try row.text(0), startedAt: try row.integer(1), seenAt: try row.integer(2),
        update: row[3].text,
        state: try row.text(4),
        health: (try? JSONDecoder().decode([HealthReading].self, from: Data(try row.text(5).utf8))) ?? [])
    }
  }

  /// How far a row's last sign of life is from now, by the database's clock: those of hosts differ.
  private static func age(_ engine: Engine) -> String { "abs(\(UpdateLeases.now(engine)) - seen_at)" }

  /// Writes the row, seen now; begun as long before that as its two times say, which are of this host's clock.
  func write(_ connection: Connection) throws {
    try connection.execute(
      "DELETE FROM gradus_workers WHERE \(Self.age(connection.engine)) > $1", [.integer(60 * Self.lifetime)])
    try connection.execute(
      """
      INSERT INTO gradus_workers (worker, started_at, seen_at, update_name, state, health)
      VALUES ($1, \(UpdateLeases.now(connection.engine)) - $2, \(UpdateLeases.now(connection.engine)), $3, $4, $5)
      ON CONFLICT (worker) DO UPDATE SET seen_at = excluded.seen_at, update_name = excluded.update_name,
        state = excluded.state, health = excluded.health
      """,
      [
        .text(worker), .integer(max(0, seenAt - startedAt)), SQLValue(update), .text(state),
        .text(String(decoding: try JSONEncoder().encode(health), as: UTF8.self)),
      ])
  }

  /// The worker is at no update.
  static func rest(_ worker: String, on connection: Connection) throws {
    try connection.execute("UPDATE gradus_workers SET update_name = NULL WHERE worker = $1", [.text(worker)])
  }

  static func delete(_ worker: String, on connection: Connection) throws {
    try connection.execute("DELETE FROM gradus_workers WHERE worker = $1", [.text(worker)])
  }
}
