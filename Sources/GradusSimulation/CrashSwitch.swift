import Foundation
import GradusSQL
import Synchronization

/// Ends a simulated process at a statement: what it had not committed is lost, and nothing more of it reaches the
/// database. To the database that is the same as `kill -9`.
public final class CrashSwitch: Sendable {
  private struct State {
    var statements = 0
    var crashesAt: Int?
    var isDown = false
  }

  private let state = Mutex(State())

  /// A process that lives.
  public init() {}

  /// Lets the process die.
  ///
  /// - Parameter statement: which statement from now on, from 1, is not carried out any more; BEGIN counts as one, COMMIT
  ///   as two: a death at the first loses the transaction, at the second only the answer.
  public func arm(at statement: Int) {
    state.withLock {
      $0.statements = 0
      $0.crashesAt = statement
    }
  }

  /// Lets the process live on.
  public func disarm() { state.withLock { $0.crashesAt = nil } }

  /// Whether the process is dead.
  public var isDown: Bool { state.withLock { $0.isDown } }

  /// How many statements there were since `arm`, or since the beginning.
  public var statements: Int { state.withLock { $0.statements } }

  /// Counts a statement; true where the process dies at it.
  func visit() throws -> Bool {
    try state.withLock { state in
      if state.isDown { throw Self.error }
      state.statements += 1
      guard state.statements == state.crashesAt else { return false }
      state.isDown = true
      return true
    }
  }

  static let error = SQLError(.connectionLost, "the simulated process is dead")
}
