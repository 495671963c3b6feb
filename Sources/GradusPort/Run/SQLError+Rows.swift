import GradusSQL

extension SQLError {
  /// Whether PostgreSQL refused the rows themselves, by a type, a constraint, a limit to their size or a function that
  /// raises; not so where the disk is full or the connection breaks, which mended rows would meet as well.
  var isOfRows: Bool {
    guard let sqlState else { return false }
    return ["22", "23", "54"].contains { sqlState.hasPrefix($0) } || sqlState == "P0001"
  }

  /// Whether a row is too large for what is to hold it.
  var isOfSize: Bool { sqlState?.hasPrefix("54") == true }
}
