import GradusSQL

/// SQL about users' ids, whose domain begins at the first colon.
enum UserIDText {
  /// The condition that an id is of the domain that a parameter holds, with the colon before it. No pattern: a server's
  /// name may have characters that mean more in one.
  static func isOfDomain(_ column: String, parameter: Int, on engine: Engine) -> String {
    let position =
      switch engine {
      case .postgres: "strpos(\(column), ':')"
      case .sqlite: "instr(\(column), ':')"
      }
    return "(substr(\(column), \(position)) = $\(parameter))"
  }

  /// The parts of an id before and behind its first colon, without the sign at its beginning.
  static func split(_ id: String) -> (localpart: String, domain: String) {
    let bytes = id.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return (String(id.dropFirst()), "") }
    let localpart = id[bytes.startIndex..<colon].unicodeScalars.dropFirst()
    return (String(localpart), String(id[bytes.index(after: colon)...]))
  }
}
