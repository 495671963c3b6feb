import GradusSQL
import GradusUpdates

/// Ids that SQLite holds as bytes, as it may in a column of any type.
///
/// They are damage. To the database they are other ids than the texts of the same bytes, and greater than all texts; and
/// no progress can name them. An update passes over the rooms and users that have them, and counts them; an event that is
/// referred to by one is an event that is not there.
extension Connection {
  /// The condition that ids are texts.
  func areTexts(_ ids: String...) -> String {
    switch engine {
    case .postgres: "TRUE"
    // Asked so that no index helps: the statements have their own ways to the rows.
    case .sqlite: ids.map { "typeof(\($0)) = 'text'" }.joined(separator: " AND ")
    }
  }

  /// The condition that an id is bytes, for which an index helps.
  func areBytes(_ id: String) -> String {
    switch engine {
    case .postgres: "FALSE"
    case .sqlite: "\(id) >= x''"
    }
  }
}

extension SkipCounter {
  /// Counts the ids of a table that an update passes over, as they are bytes. Asked at its beginning, they count once.
  ///
  /// - Parameter columns: the columns that make up an id, each the first of an index.
  mutating func countByteIDs(_ columns: String..., in table: String, on connection: Connection) throws {
    guard connection.engine == .sqlite else { return }
    let isOneBytes = columns.map(connection.areBytes).joined(separator: " OR ")
    let row = try connection.queryRow(
      "SELECT COUNT(*) FROM (SELECT DISTINCT \(columns.joined(separator: ", ")) FROM \(table) WHERE \(isOneBytes))"
    )
    count(.idNotText, Int(row?[0].integer ?? 0))
  }
}

extension BatchResult {
  /// Of a batch that found nothing to look at but what is skipped.
  static func end(skipping skips: SkipCounter) -> BatchResult {
    BatchResult(next: nil, scanned: 0, written: 0, skipped: skips.counts)
  }
}
