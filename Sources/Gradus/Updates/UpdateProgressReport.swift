/// How far a background update is.
public struct UpdateProgressReport: Sendable {
  /// The update.
  public var name: String
  /// Rows looked at so far.
  public var scanned: Int
  /// Rows written so far.
  public var written: Int
  /// Rows that remain to be looked at, roughly; nil where that is unknown.
  public var remaining: Int?
  /// Whether it is complete.
  public var isComplete: Bool
  /// Rows looked at per second of wall clock, pauses included; nil where too little is known yet.
  public var rate: Double?
  /// The time that is left, as an interval that holds the truth most times; nil where too little is known yet.
  public var eta: ClosedRange<Duration>?
  /// What an update without batches does now, such as the phase of an index build; nil for any other.
  public var phase: String?

  /// - Parameters:
  ///   - name: the update.
  ///   - scanned: rows looked at so far.
  ///   - written: rows written so far.
  ///   - remaining: rows that remain.
  ///   - isComplete: whether it is complete.
  ///   - rate: rows looked at per second.
  ///   - eta: the time that is left.
  ///   - phase: what an update without batches does now.
  public init(
    name: String, scanned: Int, written: Int, remaining: Int?, isComplete: Bool, rate: Double? = nil,
    eta: ClosedRange<Duration>? = nil, phase: String? = nil
  ) {
    self.name = name
    self.scanned = scanned
    self.written = written
    self.remaining = remaining
    self.isComplete = isComplete
    self.rate = rate
    self.eta = eta
    self.phase = phase
  }

  /// The part of the rows that has been looked at, from 0 to 1; nil where what remains is unknown.
  public var fraction: Double? {
    if isComplete { return 1 }
    guard let remaining, remaining >= 0, scanned >= 0 else { return nil }
    // An update that has not looked at any row of a table without rows still has to say that it is complete.
    guard scanned > 0 || remaining > 0 else { return 0 }
    return Double(scanned) / (Double(scanned) + Double(remaining))
  }
}
