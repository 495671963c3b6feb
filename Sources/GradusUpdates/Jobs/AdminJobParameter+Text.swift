extension AdminJobParameter {
  /// Reads a value as an operator types it.
  ///
  /// - Returns: nil where it is none of the parameter's kind.
  package func value(parsing text: String) -> AdminJobValue? {
    switch type {
    case .string: text.unicodeScalars.contains("\0") ? nil : .string(text)
    case .integer: Int64(text).map { .integer($0) }
    }
  }
}
