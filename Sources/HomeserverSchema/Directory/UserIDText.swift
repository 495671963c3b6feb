import GradusJSON
import GradusSQL

/// What is asked of users' ids, in SQL and in Swift: their domain begins behind the first colon.
enum UserIDText {
  /// The condition that an id is of the domain that a parameter holds, with the colon before it. No pattern: a server's
  /// name may have characters that mean more in one.
  static func isOfDomain(_ column: String, parameter: Int, on engine: Engine) -> String {
    "(\(suffix(of: column, on: engine)) = $\(parameter))"
  }

  /// A column's text from its first colon on.
  static func suffix(of column: String, on engine: Engine) -> String {
    switch engine {
    case .postgres: "substr(\(column), strpos(\(column), ':'))"
    // As bytes: of a text it would read no further than to a U+0000.
    case .sqlite: "CAST(substr(CAST(\(column) AS BLOB), instr(CAST(\(column) AS BLOB), x'3a')) AS TEXT)"
    }
  }

  /// The parts of an id before and behind its first colon, without the sign at its beginning.
  static func split(_ id: String) -> (localpart: String, domain: String) {
    let bytes = id.utf8
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return (String(id.dropFirst()), "") }
    let localpart = id[bytes.startIndex..<colon].unicodeScalars.dropFirst()
    return (String(localpart), String(id[bytes.index(after: colon)...]))
  }

  /// The domain by its code points; nil where there is no colon.
  static func domain(of id: String) -> JSONText? { JSONText(id).domain }
}
