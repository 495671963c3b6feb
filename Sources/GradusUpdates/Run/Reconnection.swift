import Gradus
import GradusSQL

/// Decides whether and when to connect again after the connection to the database was lost. Pure: errors and times go
/// in.
///
/// A server that fails over is not to be had for a while, and may be read-only before it is promoted. Whoever cannot
/// reach the database in the first place learns so at once.
package struct Reconnection: Sendable {
  private let limit: Duration?
  private let part: @Sendable () -> Double
  private var lostAt: ContinuousClock.Instant?
  private var connectedAt: ContinuousClock.Instant?
  private var delay = Self.shortest

  private static let shortest = Duration.milliseconds(250)
  private static let longest = Duration.seconds(10)
  /// What a connection lasts where the outage before it is over, if there is no limit.
  private static let stable = Duration.seconds(60)

  /// - Parameters:
  ///   - limit: for how long since the loss; nil without end, and for a database that was never reached, too.
  ///   - part: how much of each delay is waited. Processes that lose one server do so at the same moment, and are not all to
  ///     come back at the same moment, again and again.
  package init(
    limit: Duration?, part: @escaping @Sendable () -> Double = { Double.random(in: 0.5...1) }
  ) {
    self.limit = limit
    self.part = part
  }

  /// - Parameters:
  ///   - error: what ended the work, or the attempt to connect.
  ///   - now: the time.
  /// - Returns: how long to wait before the next attempt; nil to give up.
  package mutating func delay(after error: any Error, at now: ContinuousClock.Instant) -> Duration? {
    if let connectedAt, now - connectedAt >= limit ?? Self.stable { recordProgress() }
    connectedAt = nil
    guard isOutage(error) else { return nil }
    let start = lostAt ?? now
    if let limit, now - start >= limit { return nil }
    lostAt = start
    defer { delay = min(delay * 2, Self.longest) }
    return delay * part()
  }

  /// A connection stands. Where it lasts as long as an outage may, what comes then is another outage, although nothing
  /// was committed: the worker may have had nothing to do.
  package mutating func recordConnection(at now: ContinuousClock.Instant) { connectedAt = now }

  /// Something was committed: what comes is another outage. A connection alone says little, as one may be lost again
  /// and again over the same work.
  package mutating func recordProgress() { (lostAt, delay) = (nil, Self.shortest) }

  private func isOutage(_ error: any Error) -> Bool {
    switch error.sqlError?.code {
    case .connectionLost: true
    case .cannotConnect, .readOnly: limit == nil || lostAt != nil
    default: false
    }
  }
}
