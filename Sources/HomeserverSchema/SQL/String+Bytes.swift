/// Texts as the databases compare them: by their bytes.
///
/// Swift takes canonically equivalent texts for equal, such as composed and decomposed letters.
extension String {
  /// Whether it comes before another text in the order of the bytes, which is that of the code points.
  func precedesByBytes(_ other: String) -> Bool {
    withBytes { bytes in other.withBytes { bytes.lexicographicallyPrecedes($0) } }
  }

  /// Feeds its bytes to a hasher, and their number, so that of two texts it is known where one ends.
  func hashBytes(into hasher: inout Hasher) {
    withBytes { bytes in
      hasher.combine(bytes.count)
      hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
    }
  }

  /// Whether it holds U+0000.
  var holdsZero: Bool { withBytes { $0.contains(0) } }

  /// Runs a body with its bytes, which are not copied where they lie in one piece, as they nearly always do.
  private func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(utf8).withUnsafeBufferPointer(body)
  }
}
