/// Stops the statement that a connection is running, from any thread.
public protocol Interrupter: Sendable {
  /// Asks the engine to stop the statement that is running now. May block shortly; called off the cooperative pool.
  func interrupt()
}
