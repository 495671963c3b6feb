import GradusSQL

/// A text, or what consists of texts.
package protocol BytewiseComparable {
  /// Whether another one's texts have the same bytes.
  func hasSameBytes(as other: Self) -> Bool
}

extension String: BytewiseComparable {}

extension Optional: BytewiseComparable where Wrapped == String {}

extension Array: BytewiseComparable where Element == String {
  package func hasSameBytes(as other: Self) -> Bool {
    elementsEqual(other) { $0.hasSameBytes(as: $1) }
  }
}

/// By the keys as Swift compares them.
extension Dictionary: BytewiseComparable where Key == String, Value == String {
  package func hasSameBytes(as other: Self) -> Bool {
    count == other.count && allSatisfy { other[$0.key].hasSameBytes(as: $0.value) }
  }
}
