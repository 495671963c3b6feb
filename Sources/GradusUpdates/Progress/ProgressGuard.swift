/// Notices an update that does not get on. Pure.
///
/// A batch that wrote nothing and stands where it stood is no proof: it may have taken keys off a queue that needed
/// nothing. Many of them in a row, with no fewer rows left, are.
struct ProgressGuard: Sendable {
  /// Progress that was seen since rows were last written or became fewer.
  private var seen: Set<String> = []
  private var fewest: Int?
  /// Batches in a row that came back to where they had been, without fewer rows left.
  private var repeated = 0

  enum Finding: Equatable {
    case fine
    /// It writes nothing and comes nowhere: it would go round for ever.
    case goesRound
    /// It writes, but its progress stays where it is and no fewer rows are left than many batches before.
    case stalls
  }

  private static let remembered = 256
  /// How many such batches in a row are too many.
  static let patience = 50

  /// - Parameters:
  ///   - next: the progress after a batch.
  ///   - written: the rows that it wrote.
  ///   - remaining: the rows left; nil where that is unknown.
  mutating func record(next: String, written: Int, remaining: Int?) -> Finding {
    let isFewer = remaining.map { $0 < fewest ?? .max } ?? false
    fewest = isFewer ? remaining : fewest
    guard !seen.insert(next).inserted, !isFewer else {
      if isFewer || seen.count > Self.remembered { seen = [next] }
      repeated = 0
      return .fine
    }
    repeated += 1
    guard repeated % Self.patience == 0 else { return .fine }
    guard written > 0 else {
      // The next batch is no better.
      repeated -= 1
      return .goesRound
    }
    return .stalls
  }
}
