/// Writes names and constants into SQL, for what cannot be a parameter.
public enum SQLText {
  /// A quoted identifier.
  public static func identifier(_ name: String) -> String {
    quoted(name, by: "\"")
  }

  /// Quoted identifiers, separated by commas.
  ///
  /// - Parameters:
  ///   - names: the identifiers.
  ///   - alias: the table that they are of, where it has to be said.
  public static func identifiers(_ names: [String], alias: String? = nil) -> String {
    names.map { (alias.map { identifier($0) + "." } ?? "") + identifier($0) }.joined(separator: ", ")
  }

  /// Equalities of columns with those of a row, joined by AND.
  ///
  /// - Parameters:
  ///   - columns: the columns.
  ///   - alias: the table that they are of, where it has to be said.
  ///   - row: the row's name, as SQL.
  ///   - key: its columns, in the same order.
  package static func match(
    _ columns: [String], alias: String? = nil, _ row: String, _ key: [String]
  ) -> String {
    zip(columns, key).map { column, key in
      "\(alias.map { $0 + "." } ?? "")\(identifier(column)) = \(row).\(identifier(key))"
    }.joined(separator: " AND ")
  }

  /// A quoted text constant.
  public static func literal(_ text: String) -> String {
    quoted(text, by: "'")
  }

  /// What a quoted name or text says: without the quotes around it, and a doubled one in it once.
  package static func unquoted(_ quoted: some StringProtocol) -> String {
    guard let quote = quoted.unicodeScalars.first else { return "" }
    var result = String.UnicodeScalarView()
    var isSecond = false
    for scalar in quoted.unicodeScalars.dropFirst().dropLast() {
      isSecond = scalar == quote && !isSecond
      if !isSecond { result.append(scalar) }
    }
    return String(result)
  }

  /// By scalars: a quote and an accent behind it are one `Character`, which is not equal to the quote.
  private static func quoted(_ text: String, by quote: Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    result.append(quote)
    for scalar in text.unicodeScalars {
      if scalar == quote { result.append(quote) }
      result.append(scalar)
    }
    result.append(quote)
    return String(result)
  }
}
