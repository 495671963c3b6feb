/// A slice of time, in milliseconds since 1970: from its beginning, inclusive, to its end, exclusive.
///
/// Slices of one length lie side by side without gaps; one of them begins at 0, and those before it have negative times.
public struct StatisticsSlice: Sendable, Hashable {
  /// The first moment that is no longer in it.
  public let end: Int64
  /// How long it is; above 0.
  public let length: Int64

  /// - Parameters:
  ///   - end: the first moment that is no longer in it.
  ///   - length: how long it is; above 0.
  public init(end: Int64, length: Int64) {
    precondition(length > 0, "a slice has a length")
    self.end = end
    self.length = length
  }

  /// The slice that a moment lies in; a moment on a boundary is the first of the later slice.
  ///
  /// - Parameters:
  ///   - time: the moment.
  ///   - length: how long slices are; above 0.
  public init(containing time: Int64, length: Int64) {
    precondition(length > 0, "a slice has a length")
    // Swift rounds towards zero, slices lie towards the past.
    let remainder = time % length
    let rest = remainder < 0 ? -remainder : length - remainder
    let (end, isTooLate) = time.addingReportingOverflow(rest)
    self.init(end: isTooLate ? .max : end, length: length)
  }

  /// The first moment in it.
  public var start: Int64 {
    let (start, isTooEarly) = end.subtractingReportingOverflow(length)
    return isTooEarly ? .min : start
  }

  /// The slice after it; nil beyond the end of time.
  public var next: StatisticsSlice? {
    let (end, isTooLate) = end.addingReportingOverflow(length)
    return isTooLate ? nil : StatisticsSlice(end: end, length: length)
  }

  /// Whether it is over.
  public func hasEnded(at now: Int64) -> Bool { end <= now }

  /// The slice that a change belongs to, of a subject whose newest slice this is.
  ///
  /// While it lasts, or where the clock was put back a little, it stays in it: what is written into the history stays in
  /// order, also where the configured length changes meanwhile. Where the slice lies more than its length ahead, the
  /// clock must have been wrong when it was opened; it is left, or else nothing would be told apart until then.
  ///
  /// - Parameters:
  ///   - now: when the change happens.
  ///   - length: how long slices are now.
  public func slice(forChangeAt now: Int64, length: Int64) -> StatisticsSlice {
    let present = StatisticsSlice(containing: now, length: length)
    if hasEnded(at: now) { return present }
    let (ahead, isFar) = start.subtractingReportingOverflow(now)
    return isFar || ahead > self.length ? present : self
  }
}
