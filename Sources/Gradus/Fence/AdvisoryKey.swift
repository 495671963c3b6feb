import GradusSQL

/// The key of an advisory lock on PostgreSQL.
///
/// Its first half stands for the kind and for the schema in which the bookkeeping tables are, so that applications which
/// share a database do not keep each other's versions out; its second half is the version.
struct AdvisoryKey: Sendable, Hashable {
  /// The first half as `pg_locks` shows it.
  let space: UInt32
  let number: Int

  /// What the lock functions take.
  var parameters: [SQLValue] { [.integer(Int64(Int32(bitPattern: space))), SQLValue(number)] }

  /// The key of another version, of the same kind and schema.
  func numbered(_ number: Int) -> AdvisoryKey { AdvisoryKey(space: space, number: number) }

  /// - Parameter connection: outside a transaction that stays open, as it reads the catalog.
  static func read(_ kind: LiveKind, _ number: Int, _ connection: Connection) throws -> AdvisoryKey {
    let row = try connection.queryRow(
      """
      SELECT coalesce((SELECT relnamespace FROM pg_class WHERE oid = to_regclass('schema_version')),
        (SELECT oid FROM pg_namespace WHERE nspname = current_schema()))::bigint
      """)
    // "live" and "fenc"
    let name: UInt32 = kind == .live ? 0x6C69_7665 : 0x6665_6E63
    return AdvisoryKey(
      space: name ^ UInt32(truncatingIfNeeded: row?[0].integer ?? 0), number: number)
  }
}
