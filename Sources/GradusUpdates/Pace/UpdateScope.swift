/// One iteration of an update, as a controller sees it: entered before, left after, also where it fails.
public protocol UpdateScope: Sendable {
  /// Called before an iteration. May wait as long as it likes; nothing is locked meanwhile.
  ///
  /// - Returns: how long the batch should take, in milliseconds.
  /// - Throws: whatever goes wrong; it counts as a failure of the update.
  func enter() async throws -> Int

  /// Called after the iteration that `enter` began.
  func leave() async
}

extension UpdateScope {
  /// Does nothing.
  public func leave() async {}
}
