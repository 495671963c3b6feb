/// The versions that a migration shuts out.
enum FenceScope {
  /// Each lock takes a place in the server's table of locks. Versions may be dates, and so lie far apart.
  static let mostLocks = 100

  /// The versions whose locks are taken, newest last. All older ones are kept out by the fence itself.
  ///
  /// - Parameters:
  ///   - from: the database's compat version; nil where it has none.
  ///   - compat: the compat version that it gets.
  ///   - announced: the versions that were announced since the fence is up.
  static func versions(from: Int?, to compat: Int, announced: Set<Int>) -> [Int] {
    let range = max(from ?? compat, compat - mostLocks)..<max(compat, from ?? compat)
    return announced.filter { $0 < compat }.union(range.prefix { $0 < compat }).sorted().suffix(mostLocks)
  }
}
