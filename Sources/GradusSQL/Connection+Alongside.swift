import Dispatch

extension Connection {
  /// Reads on another connection and thread while the transaction goes on here, where the engine has a connection that
  /// sees the same: SQLite's files, whose writer is alone. Elsewhere one after the other.
  ///
  /// - Parameters:
  ///   - read: queries tables into which the transaction has written nothing yet; to the other connection that would not be
  ///     there.
  ///   - body: what goes on here; it writes into none of these tables.
  /// - Returns: what both return.
  /// - Throws: what `read` throws, else what `body` throws; after both have ended.
  package func alongside<Found: Sendable, R>(
    _ read: @Sendable (Connection) throws -> Found, _ body: () throws -> R
  ) throws -> (Found, R) {
    try check()
    guard let reader = try backend.reader() else { return (try read(self), try body()) }
    return try withoutActuallyEscaping(read) { read in
      let reading = Reading<Found>(Connection(reader, gate: gate))
      let group = DispatchGroup()
      DispatchQueue.global().async(group: group) { reading.run(read) }
      let result = Result { try body() }
      group.wait()
      return (try reading.result!.get(), try result.get())
    }
  }

  /// Reads something for each element: on SQLite's files half of them here, and half on another connection and thread.
  ///
  /// - Parameter read: as in `alongside`; nothing that it finds for an element depends on the others.
  /// - Returns: what was found, for the elements in their order: once for all, or for each half.
  /// - Throws: what `read` throws.
  package func readInHalves<Element: Sendable, Found: Sendable>(
    _ elements: [Element], _ read: @Sendable ([Element], Connection) throws -> Found
  ) throws -> [Found] {
    try check()
    guard elements.count > 1, try backend.reader() != nil else { return [try read(elements, self)] }
    let middle = elements.count / 2
    let (second, first) = try alongside {
      try read(Array(elements[middle...]), $0)
    } _: {
      try read(Array(elements[..<middle]), self)
    }
    return [first, second]
  }

  /// Reads something for each element, and writes what that leads to while the next is read.
  ///
  /// - Parameters:
  ///   - read: as in `alongside`: reads none of the tables that `write` writes into.
  ///   - write: writes what was read for an element.
  /// - Throws: what `read` or `write` throws.
  package func readAhead<Element: Sendable, Found: Sendable>(
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

/// Carries the connection to the thread that reads, and the result back, which is looked at when that one is done.
private final class Reading<Found: Sendable>: @unchecked Sendable {
  private let connection: Connection
  private(set) var result: Result<Found, any Error>?

  init(_ connection: Connection) { self.connection = connection }

  func run(_ read: (Connection) throws -> Found) {
    result = Result { try connection.transaction(.read, read) }
  }
}
