import Synchronization

/// The largest of numbers that several threads tell.
final class Largest: Sendable {
  private let largest = Mutex(0)
  var value: Int { largest.withLock { $0 } }
  func note(_ number: Int) { largest.withLock { $0 = max($0, number) } }
}
