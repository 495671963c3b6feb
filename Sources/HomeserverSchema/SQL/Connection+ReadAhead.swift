import GradusSQL

extension Connection {
  /// Reads something for each element, and writes what that leads to while the next is read.
  ///
  /// - Parameters:
  ///   - read: reads none of the tables that `write` writes into.
  ///   - write: writes what was read for an element.
  func readAhead<Element: Sendable, Found: Sendable>(
    _ elements: [Element], read: @Sendable (Element, Connection) throws -> Found,
    write: (Element, Found) throws -> Void
  ) throws {
    guard let first = elements.first, let last = elements.last else { return }
    var found = try read(first, self)
    for (element, next) in zip(elements, elements.dropFirst()) {
      found = try alongside {
        try read(next, $0)
      } _: {
        try write(element, found)
      }.0
    }
    try write(last, found)
  }
}
