import Dispatch

extension Array where Element: Sendable {
  /// As `map`, on several cores at once.
  ///
  /// - Returns: the results in the order of the elements.
  /// - Throws: of all errors the first in that order.
  func concurrentMap<R: Sendable>(_ transform: @Sendable (Element) throws -> R) throws -> [R] {
    let size = Swift.max(Self.fewest, (count + Self.mostParts - 1) / Self.mostParts)
    let parts = stride(from: 0, to: count, by: size).map { $0..<Swift.min($0 + size, count) }
    guard parts.count > 1 else { return try map(transform) }
    var results = [Result<[R], any Error>](repeating: .success([]), count: parts.count)
    results.withUnsafeMutableBufferPointer { results in
      // Each part writes its own result, and all are done before this returns.
      nonisolated(unsafe) let results = results
      DispatchQueue.concurrentPerform(iterations: parts.count) { part in
        results[part] = Result { try self[parts[part]].map(transform) }
      }
    }
    return try results.flatMap { try $0.get() }
  }

  /// More parts than a small machine has cores, so that one that is late costs little; and so many cores at most.
  private static var mostParts: Int { 8 }
  /// What another thread is worth waking for.
  private static var fewest: Int { 32 }
}
