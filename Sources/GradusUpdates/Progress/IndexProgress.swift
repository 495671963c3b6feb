import Gradus
import GradusSQL

/// How far PostgreSQL is with building an index, by `pg_stat_progress_create_index`.
package struct IndexProgress: Sendable, Hashable {
  /// What it does now.
  package var phase: String
  /// Of this phase: the blocks, rows or lockers that it has dealt with, whichever it counts.
  package var done: Int
  /// Of this phase: what is left; nil where it counts nothing.
  package var remaining: Int?

  private static let columns = """
    p.phase, p.lockers_total, p.lockers_done, p.tuples_total, p.tuples_done, p.blocks_total, p.blocks_done
    """

  /// The build that a server process is at; nil where it is at none.
  static func read(process: Int64, _ connection: Connection) throws -> IndexProgress? {
    try connection.queryRow(
      "SELECT \(columns) FROM pg_stat_progress_create_index p WHERE p.pid = $1", [.integer(process)]
    ).map(IndexProgress.init)
  }

  /// The builds of these indexes by whichever process, by index; on SQLite there are none.
  static func read(indexes: [UpdateDeclaration.Index], _ connection: Connection) throws
    -> [String: IndexProgress]
  {
    guard connection.engine == .postgres, !indexes.isEmpty else { return [:] }
    var builds: [String: IndexProgress] = [:]
    try connection.forEachRow(
      // In the table's schema, where each is made: another one may have an index of the name, too. Of another database one may
      // have the same number.
      """
      SELECT \(columns), i.name FROM unnest($1::text[], $2::text[]) AS i (name, table_name)
      JOIN pg_class t ON t.oid = to_regclass(quote_ident(i.table_name))
      JOIN pg_class x ON x.relnamespace = t.relnamespace AND x.relname = i.name
      JOIN pg_stat_progress_create_index p ON p.index_relid = x.oid AND p.datname = current_database()
      """, [.textArray(indexes.map(\.name)), .textArray(indexes.map(\.table))]
    ) { builds[try $0.text(7)] = try IndexProgress($0) }
    return builds
  }

  private init(_ row: Row) throws {
    phase = try row.text(0)
    // Of the counters the one that the phase is about is above zero; those of earlier phases are zero again or full.
    let counters = stride(from: 1, to: 7, by: 2).map {
      (Int(row[$0].integer ?? 0), Int(row[$0 + 1].integer ?? 0))
    }
    let counter = counters.first { $0.0 > $0.1 } ?? counters.first { $0.0 > 0 }
    done = counter?.1 ?? 0
    remaining = counter.map { max(0, $0.0 - $0.1) }
  }
}
