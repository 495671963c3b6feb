public import GradusSQL

/// How a writer says of which schema version it is, so that the guards of gradual migrations let its writes pass.
///
/// A version that keeps derived rows right announces itself in every transaction that writes a guarded table; an older
/// one does not know how to, and what it writes marks the derived rows as stale.
///
/// - On PostgreSQL the announcement is the setting `gradus.version`, set for the transaction, or for a whole
///   connection by `options='-c gradus.version=88'` in its address, which costs nothing.
/// - On SQLite it is a row of the table `gradus_writer(version)`, inserted at the beginning of the transaction and
///   deleted at its end. SQLite has one writer at a time, so that nobody else ever sees it, and a crash takes it back.
///   The table is there only as long as guards are.
public enum WriterVersion {
  /// The setting on PostgreSQL.
  public static let setting = "gradus.version"
  /// The table on SQLite.
  public static let table = "gradus_writer"
}

extension Connection {
  /// Runs `body` as a writer of a schema version, in the open transaction.
  ///
  /// Within another such call the inner version counts on PostgreSQL, and the higher one on SQLite.
  ///
  /// - Parameters:
  ///   - version: the schema version whose application writes.
  ///   - body: the writes.
  /// - Returns: what `body` returns.
  /// - Throws: what `body` throws; `SQLError`.
  @discardableResult
  public func writing<R>(asVersion version: Int, _ body: () throws -> R) throws -> R {
    precondition(isInTransaction, "an announcement is a transaction's")
    let withdraw = try announce(version)
    let result: R
    do {
      result = try body()
    } catch {
      // The caller may go on with the transaction; where it has failed, its end withdraws everything.
      try? withdraw()
      throw error
    }
    try withdraw()
    return result
  }

  private func announce(_ version: Int) throws -> () throws -> Void {
    switch engine {
    case .postgres:
      let row = try queryRow(
        "SELECT current_setting('\(WriterVersion.setting)', true), set_config('\(WriterVersion.setting)', $1, true)",
        [.text(String(version))])
      let previous = row?[0].text ?? ""
      return {
        _ = try self.query("SELECT set_config('\(WriterVersion.setting)', $1, true)", [.text(previous)])
      }
    case .sqlite:
      do {
        try execute("INSERT INTO \(WriterVersion.table) (version) VALUES ($1)", [SQLValue(version)])
      } catch let error as SQLError where error.code == .undefinedObject {
        // Without guards there is no table, and nobody to tell.
        return {}
      }
      return {
        try self.execute(
          "DELETE FROM \(WriterVersion.table) WHERE rowid = (SELECT max(rowid) FROM \(WriterVersion.table))")
      }
    }
  }
}
