/// A text that is compared by its bytes, as a key of what is known of it. To Swift, texts that differ for an engine may be the
/// same, as é and e with an accent behind it.
package struct BytewiseText: Hashable, Sendable {
  package let text: String

  package init(_ text: String) {
    var text = text
    text.makeContiguousUTF8()
    self.text = text
  }

  package static func == (one: Self, other: Self) -> Bool { one.text.hasSameBytes(as: other.text) }

  package func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }

  private func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    // There is such a storage, as the text was made contiguous.
    text.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }!
  }
}
