public import Foundation

/// How statistics are made.
public struct StatisticsOptions: Sendable {
  /// Whether there are any; without, their updates end at once.
  public var isEnabled: Bool
  /// The part of the local users' ids behind the colon; nil where it is to be taken from the database's own users.
  public var serverName: String?
  /// Length of the slices of the history, in milliseconds.
  public var bucketSize: Int64
  /// What time it is.
  let now: @Sendable () -> Date

  /// - Parameters:
  ///   - isEnabled: whether there are statistics.
  ///   - serverName: the part of the local users' ids behind the colon; nil to take it from the database.
  ///   - bucketSize: length of the slices of the history, in milliseconds.
  ///   - now: the clock.
  public init(
    isEnabled: Bool = true, serverName: String? = nil, bucketSize: Int64 = 86_400_000,
    now: @escaping @Sendable () -> Date = { Date() }
  ) {
    precondition(bucketSize > 0, "a slice has a length")
    self.isEnabled = isEnabled
    self.serverName = serverName
    self.bucketSize = bucketSize
    self.now = now
  }

  /// Takes `HOMESERVER_SERVER_NAME`, and `HOMESERVER_STATS_ENABLED`, which switches statistics off where it is `false`
  /// or `0`.
  ///
  /// - Parameter environment: the process's variables.
  public init(environment: [String: String]) {
    let name = environment["HOMESERVER_SERVER_NAME"].flatMap { $0.isEmpty ? nil : $0 }
    let isOff = ["false", "0"].contains(environment["HOMESERVER_STATS_ENABLED"]?.lowercased())
    self.init(isEnabled: !isOff, serverName: name)
  }

  /// The time in milliseconds since 1970.
  var milliseconds: Int64 { Int64((now().timeIntervalSince1970 * 1000).rounded(.down)) }
}
