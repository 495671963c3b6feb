extension Array {
  /// The elements in parts, each but the last of a size: so that memory does not grow with what is done at once.
  func parts(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
