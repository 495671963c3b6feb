public import GradusSQL
import GradusTestSupport

/// Opens the connections of a simulated process.
public struct CrashingDriver: ForwardingDriver {
  /// Opens the real connections.
  public let base: any Driver
  private let crash: CrashSwitch

  /// - Parameters:
  ///   - base: opens the real connections.
  ///   - crash: ends the process.
  public init(_ base: any Driver, _ crash: CrashSwitch) {
    self.base = base
    self.crash = crash
  }

  /// Opens a connection that is cut off when the process dies.
  public func open() throws -> any ConnectionBackend {
    let connection = try base.open()
    return WatchedBackend(
      connection,
      willRun: { _ in
        guard try crash.visit() else { return }
        connection.rollback()
        throw CrashSwitch.error
      },
      // The transaction is there, but its owner never heard of it.
      didCommit: { if try crash.visit() { throw CrashSwitch.error } })
  }
}
