import GradusSQL

/// How many rows an update has left, asked for at most once a second and reckoned in between.
///
/// Handlers may count to answer, which after every batch would make an update's time grow with the square of its rows;
/// and they are asked outside the batch's transaction, so that its locks are not held for a progress bar.
struct RemainingRows {
  private var answer: (rows: Int?, scanned: Int, time: ContinuousClock.Instant)?

  /// - Parameters:
  ///   - work: the update.
  ///   - progress: where its next batch goes on.
  ///   - scanned: how many rows it has looked at in all.
  ///   - session: a session of the database.
  /// - Returns: the rows left; nil where that is unknown. A database that does not answer is no failure of the update.
  mutating func estimate(
    _ work: any UpdateWork, at progress: String, scanned: Int, on session: Session
  ) async -> Int? {
    if let answer, .now - answer.time < .seconds(1) {
      return answer.rows.map { max(0, $0 - (scanned - answer.scanned)) }
    }
    let rows = try? await session.run { try work.estimateRemaining(progress, on: $0) }
    answer = (rows, scanned, .now)
    return rows
  }
}
