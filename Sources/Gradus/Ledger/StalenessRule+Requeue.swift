import GradusSQL

extension StalenessRule.Requeue {
  /// Whether the update is queued to go on behind a position, and not at its beginning.
  var goesOnFromPosition: Bool { progress.contains("{position}") }

  /// The update as it is queued to go on behind a position; below all positions for its beginning.
  func update(from position: Int64) -> QueuedUpdate {
    guard goesOnFromPosition else { return QueuedUpdate(name: update, progress: progress) }
    return QueuedUpdate(
      name: update,
      progress: position == .min ? "{}" : progress.replacing("{position}", with: String(position)))
  }

  /// The condition, as SQL, that the queue table's foreign key holds for a row; nil where there is none.
  ///
  /// - Parameters:
  ///   - row: the row's name, as SQL.
  ///   - key: its columns that match the rule's key.
  ///   - qualified: how the table is named.
  func parentExists(
    _ row: String, _ key: [String], _ qualified: (String) -> String = SQLText.identifier
  ) -> String? {
    parent.map {
      "EXISTS (SELECT 1 FROM \(qualified($0.table)) AS p WHERE \(SQLText.match($0.key, alias: "p", row, key)))"
    }
  }
}
