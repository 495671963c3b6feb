/// Notices an update that does not get on. Pure.
struct ProgressGuard: Sendable {
  /// Progress that was seen since rows were last written.
  private var seen: Set<String> = []
  private var stall: (progress: String, remaining: Int, batches: Int)?

  enum Finding: Equatable {
    case fine
    /// It comes back to where it was and has written nothing on the way: it would go round for ever.
    case goesRound
    /// It writes, but its progress stays where it is and no fewer rows are left than many batches before.
    case stalls
  }

  private static let remembered = 256
  /// How many batches in a row without fewer rows left are a stall.
  static let patience = 100

  /// - Parameters:
  ///   - next: the progress after a batch.
  ///   - written: the rows that it wrote.
  ///   - remaining: the rows left; nil where that is unknown.
  mutating func record(next: String, written: Int, remaining: Int?) -> Finding {
    if written > 0 {
      seen = []
    } else {
      guard seen.insert(next).inserted else { return .goesRound }
      if seen.count > Self.remembered { seen = [next] }
    }
    guard let remaining, remaining > 0, stall?.progress == next, remaining >= stall!.remaining else {
      stall = remaining.map { (next, $0, 0) }
      return .fine
    }
    stall!.batches += 1
    return stall!.batches % Self.patience == 0 ? .stalls : .fine
  }
}
