import GradusSQL

/// Decides what a migration does about the processes that it shuts out. Pure: no clock, no database.
struct FenceWatch: Sendable {
  /// How long to wait for them.
  let timeout: Duration
  private var reported: Set<VersionHolder> = []

  enum Action: Sendable, Hashable {
    /// None runs.
    case proceed
    /// Look again later; it is news who runs, or not.
    case wait(isNews: Bool)
    /// They have had their time.
    case giveUp
  }

  init(timeout: Duration) { self.timeout = timeout }

  /// - Parameters:
  ///   - holders: the processes of versions that are shut out.
  ///   - elapsed: the time since the fence is up.
  mutating func observe(_ holders: [VersionHolder], after elapsed: Duration) -> Action {
    guard !holders.isEmpty else { return .proceed }
    guard elapsed < timeout else { return .giveUp }
    let holders = Set(holders)
    defer { reported = holders }
    return .wait(isNews: holders != reported)
  }
}
