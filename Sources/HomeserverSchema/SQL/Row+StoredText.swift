import GradusSQL

extension Row {
  /// A text, also where it is stored as bytes, which SQLite keeps in a column of any type.
  ///
  /// - Returns: nil where it is no text.
  func storedText(_ index: Int) -> String? {
    switch self[index] {
    case .text(let text): text
    case .blob(let bytes): String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }
}
