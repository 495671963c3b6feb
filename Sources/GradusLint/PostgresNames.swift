/// Finds names of which PostgreSQL keeps only the first 63 bytes.
enum PostgresNames {
  /// The names as they are cut. The parser has cut them already: in the text they go on.
  static func cut(in statement: PostgresParser.Statement) -> [String] {
    let text = statement.text.lowercased()
    let candidates = Set(ParseTree.texts(statement.fields)).filter { (60...63).contains($0.utf8.count) }
    return candidates.sorted().filter { name in
      text.ranges(of: name.lowercased()).contains { range in
        guard let next = text[range.upperBound...].first else { return false }
        // In quotes a name may go on with anything.
        return text[..<range.lowerBound].last == "\""
          ? next != "\"" : next.isLetter || next.isNumber || next == "_" || next == "$"
      }
    }
  }
}
