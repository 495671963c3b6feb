import GradusJSON
import GradusSQL

/// What is asked of users' ids, in SQL and in Swift: their domain begins behind the first colon.
enum UserIDText {
  /// The condition that an id is of the domain that a parameter holds, with the colon before it. No pattern: a server's
  /// name may have characters that mean more in one.
  static func isOfDomain(_ column: String, parameter: Int, on engine: Engine) -> String {
    let domain = "$\(parameter)"
    return switch engine {
    case .postgres: "(substr(\(column), strpos(\(column), ':')) = \(domain))"
    case .sqlite:
      "CASE WHEN \(areBytesUTF8) THEN \(byBytes(column, domain)) ELSE \(byJSON(column, domain)) END"
    }
  }

  /// Whether SQLite's file holds texts as UTF-8; an expression without a column, which is evaluated once.
  private static let areBytesUTF8 = "CAST(':' AS BLOB) = x'3a'"

  /// As bytes: of a text SQLite would read no further than to a U+0000.
  private static func byBytes(_ column: String, _ domain: String) -> String {
    let bytes = "CAST(\(column) AS BLOB)"
    return "(CAST(substr(\(bytes), instr(\(bytes), x'3a')) AS TEXT) = \(domain))"
  }

  /// In a file of UTF-16, where the byte of a colon may be half of something else. As JSON, in which no text holds a U+0000;
  /// that takes twice as long.
  private static func byJSON(_ column: String, _ domain: String) -> String {
    let json = "json_quote(CAST(\(column) AS TEXT))"
    return "(substr(\(json), instr(\(json), ':')) = substr(json_quote(\(domain)), 2))"
  }

  /// The parts of an id before and behind its first colon, without the sign at its beginning.
  static func split(_ id: String) -> (localpart: String, domain: String) {
    let scalars = id.unicodeScalars
    guard let colon = scalars.firstIndex(of: ":") else { return (String(scalars.dropFirst()), "") }
    return (String(scalars[..<colon].dropFirst()), String(scalars[scalars.index(after: colon)...]))
  }

  /// The domain by its code points; nil where there is no colon.
  static func domain(of id: String) -> JSONText? { JSONText(id).domain }
}
