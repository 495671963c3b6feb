import GradusSQL

@testable import GradusUpdates

/// A handler whose first batch finds nothing, so that what it has come to is verified at once.
protocol HasNothingToDo: RangedUpdateHandler where Progress == NoProgress {}

extension HasNothingToDo {
  func nextRange(
    past progress: NoProgress, rows: Int, on connection: Connection
  ) throws -> UpdateRange<NoProgress>? { nil }

  func runBatch(
    _ progress: NoProgress, upTo end: NoProgress?, size: Int, on connection: Connection
  ) throws -> BatchResult<NoProgress> { .end }
}
