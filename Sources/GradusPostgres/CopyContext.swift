/// Where in a COPY's data an error is, from the server's context: `COPY orders, line 3, column amount: "x"`, whose words
/// may be in any language.
struct CopyContext: Hashable {
  var row: Int?
  var column: String?

  init(_ context: String, table: String, columns: [String]) {
    let prefix = "COPY \(table), "
    guard let start = context.range(of: prefix) else { return }
    let rest = context[start.upperBound...]
    let digits = rest.drop { !$0.isASCII || !$0.isNumber }.prefix { $0.isASCII && $0.isNumber }
    row = Int(digits)
    let parts = rest[digits.endIndex...]
    guard parts.hasPrefix(", ") else { return }
    // The word for "column", then its name, then its value or the end.
    let named = parts.drop { $0 != " " }.dropFirst().drop { $0 != " " }.dropFirst()
    column = columns.filter { name in
      named.hasPrefix(name) && (named.dropFirst(name.count).first.map { ":,\n".contains($0) } ?? true)
    }.max { $0.count < $1.count }
  }
}
