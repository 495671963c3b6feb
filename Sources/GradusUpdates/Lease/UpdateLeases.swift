import Gradus
import GradusSQL

/// Holds of workers on updates, or on ranges of one, as rows that expire.
///
/// PostgreSQL's clock and row locks decide, nothing else: a hold is an arrangement between workers about who does what,
/// and what keeps the result right is that each batch locks the row of its progress and looks who holds it.
struct UpdateLeases {
  let connection: Connection
  let terms: LeaseTerms

  /// Milliseconds since 1970 by the database's clock, as SQL.
  static func now(_ engine: Engine) -> String {
    switch engine {
    case .postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
    case .sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    }
  }

  /// Whether nobody holds a row of the leases, as SQL.
  ///
  /// No hold is longer than `longest`: one that ends later was taken before the clock was set back. A holder is gone when
  /// its time has run out, or at once when its server process has: PostgreSQL ends that as soon
  /// as the client's end of the connection is closed. Behind a pooler the process is not the client's own, which at
  /// worst hands work over that could have stayed where it was.
  static func isFree(_ table: String, _ engine: Engine) -> String {
    let isExpired = """
      \(table).holder IS NULL OR \(table).expires_at < \(now(engine))
      OR \(table).expires_at > \(now(engine)) + \(LeaseTerms.longest.milliseconds)
      """
    guard engine == .postgres else { return "(\(isExpired))" }
    return "(\(isExpired) OR NOT EXISTS (SELECT 1 FROM pg_stat_get_activity(\(table).backend)))"
  }

  private var now: String { Self.now(connection.engine) }

  /// The workers that have an update or ranges of it, by update. On SQLite, where one worker runs at a time and holds
  /// nothing, the one that was last seen at an update.
  static func holders(_ connection: Connection) throws -> [String: [String]] {
    guard connection.engine == .postgres else {
      let atWork = try WorkerRow.readAll(connection).filter { $0.update != nil }
      guard let last = atWork.max(by: { $0.seenAt < $1.seenAt }), let update = last.update else { return [:] }
      return [update: [last.worker]]
    }
    let rows = try connection.query(
      """
      SELECT DISTINCT update_name, holder FROM gradus_update_leases l
      WHERE NOT \(isFree("l", .postgres)) ORDER BY update_name, holder
      """)
    return Dictionary(grouping: rows) { $0[0].text ?? "" }.mapValues { $0.compactMap { $0[1].text } }
  }

  enum Acquisition: Sendable, Hashable {
    /// Ours; from a worker that is gone, where there was one.
    case acquired(takenOverFrom: String?)
    case held(by: String)
  }

  /// Takes an update as a whole.
  ///
  /// A batch of the one who has it may take longer than its hold lasts, and keeps that from being renewed meanwhile: while
  /// one is under way the update is nobody else's.
  ///
  /// - Parameters:
  ///   - name: the update.
  ///   - preempts: whether the hold of a live worker of another process is no obstacle.
  func acquire(_ name: String, preempts: Bool) throws -> Acquisition {
    let key = SQLValue.text(name)
    let before = try connection.queryRow(
      """
      SELECT l.holder, \(Self.isFree("l", .postgres)) FROM gradus_update_leases l
      WHERE l.update_name = $1 AND l.part = 0 FOR UPDATE
      """, [key])
    let holder = before?[0].text
    var isLeft = false
    if let holder, holder != terms.worker {
      isLeft = before?[1].boolean == true || preempts && !terms.isOfSameProcess(holder)
      guard isLeft, try isBetweenBatches(name) else { return .held(by: holder) }
    }
    let taken = try connection.queryRow(
      """
      INSERT INTO gradus_update_leases AS l (update_name, part, holder, backend, expires_at)
      VALUES ($1, 0, $2, pg_backend_pid(), \(now) + $3)
      ON CONFLICT (update_name, part) DO UPDATE SET holder = excluded.holder, backend = excluded.backend,
        expires_at = excluded.expires_at
      WHERE l.holder = excluded.holder OR \(Self.isFree("l", .postgres)) OR $4
      RETURNING holder
      """, [key, .text(terms.worker), SQLValue(terms.duration.milliseconds), .boolean(isLeft)])
    guard taken != nil else { return .held(by: holder ?? "another worker") }
    return .acquired(takenOverFrom: holder == terms.worker ? nil : holder)
  }

  /// Whether no batch is under way, which has the update's row of the queue locked until it ends. It may validate a large
  /// table, and to wait behind it as a batch of one's own would look like a failure.
  private func isBetweenBatches(_ name: String) throws -> Bool {
    let unlocked = try connection.queryRow(
      "SELECT 1 FROM background_updates WHERE update_name = $1 FOR UPDATE SKIP LOCKED", [.text(name)])
    return try unlocked != nil || UpdateQueue(connection: connection).progress(name) == nil
  }

  /// Keeps a hold on a whole update, unless it is lost.
  func renew(_ name: String) throws {
    try connection.execute(
      """
      UPDATE gradus_update_leases SET expires_at = \(now) + $3
      WHERE update_name = $1 AND part = 0 AND holder = $2
      """, [.text(name), .text(terms.worker), SQLValue(terms.duration.milliseconds)])
  }

  /// Lets go of everything of an update: others may have it at once.
  func release(_ name: String) throws {
    let parameters: [SQLValue] = [.text(name), .text(terms.worker)]
    try connection.execute(
      "DELETE FROM gradus_update_leases WHERE update_name = $1 AND part = 0 AND holder = $2", parameters)
    try connection.execute(
      "UPDATE gradus_update_leases SET holder = NULL, expires_at = 0 WHERE update_name = $1 AND holder = $2",
      parameters)
  }
}
