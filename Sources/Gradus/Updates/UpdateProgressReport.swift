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

  /// - Parameters:
  ///   - name: the update.
  ///   - scanned: rows looked at so far.
  ///   - written: rows written so far.
  ///   - remaining: rows that remain.
  ///   - isComplete: whether it is complete.
  public init(name: String, scanned: Int, written: Int, remaining: Int?, isComplete: Bool) {
    self.name = name
    self.scanned = scanned
    self.written = written
    self.remaining = remaining
    self.isComplete = isComplete
  }
}
