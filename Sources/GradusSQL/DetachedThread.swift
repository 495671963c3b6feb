import Foundation

/// Runs short blocking work off the cooperative pool.
package enum DetachedThread {
  package static func run(_ body: @escaping @Sendable () -> Void) {
    Thread { body() }.start()
  }
}
