package import GradusSQL

/// A row that the SQL of a delta puts into the queue of background updates.
package struct QueueInsert: Sendable, Hashable {
  /// The update; nil where it is no literal.
  package var name: String?
  /// What it waits for; nil where that is nothing, or no literal.
  package var dependsOn: String?
  /// Its place in the queue.
  package var ordering: Ordering
  /// Where the statement starts.
  package var position: SourcePosition

  /// The place in the queue that a row gives.
  package enum Ordering: Sendable, Hashable {
    /// None, which is 0.
    case absent
    /// A number.
    case number(Int)
    /// Something that is computed.
    case computed
  }

  /// The rows that a script inserts with `INSERT INTO background_updates`, in its order.
  ///
  /// - Parameter script: the SQL, of either engine.
  package static func all(in script: String) -> [QueueInsert] {
    // Most deltas queue nothing.
    guard script.lowercased().contains("background_updates") else { return [] }
    return QueueInsertScanner(script).scan()
  }
}
