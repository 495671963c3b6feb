import Foundation

/// Runs short blocking work off the cooperative pool.
enum DetachedThread {
  static func run(_ body: @escaping @Sendable () -> Void) {
    Thread { body() }.start()
  }
}
