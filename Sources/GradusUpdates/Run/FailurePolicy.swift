/// What follows a failed batch. Pure.
struct FailurePolicy: Sendable {
  /// How often in a row a batch may fail.
  let attempts: Int
  /// Whether errors that may go by themselves are waited out without end.
  let isPatient: Bool

  enum Response: Equatable {
    /// Try again after this time.
    case retry(after: Duration)
    /// Set it aside for the rest of this run: the error may go by itself, but did not.
    case giveUp
    /// Set it aside until somebody asks for another try.
    case park
  }

  /// - Parameters:
  ///   - failures: how often in a row it has failed now.
  ///   - isTransient: whether the error may go by itself.
  func response(failures: Int, isTransient: Bool) -> Response {
    guard failures >= attempts else { return .retry(after: delay(failures)) }
    if !isTransient { return .park }
    return isPatient ? .retry(after: delay(failures)) : .giveUp
  }

  /// 100 ms, doubled at each failure, a minute at most.
  private func delay(_ failures: Int) -> Duration {
    min(.milliseconds(100) * (1 << min(failures - 1, 10)), .seconds(60))
  }
}
