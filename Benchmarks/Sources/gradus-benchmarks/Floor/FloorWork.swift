import GradusSQL
import GradusUpdates

/// Work that background updates do, and statements that do the same in one go.
protocol FloorWork: Sendable {
  /// What it is called in reports.
  static var name: String { get }
  /// What the runner is given.
  static var registry: UpdateRegistry { get }
  /// The queue, in its order.
  static var queue: [(name: String, dependsOn: String?)] { get }

  /// What it works on.
  static var source: FloorSource { get }
  /// The same by hand, set-based, for one transaction.
  static func statements(_ engine: Engine) -> [String]
  /// - Throws: where the work was not done.
  static func check(rows: Int, _ session: Session) async throws
}
