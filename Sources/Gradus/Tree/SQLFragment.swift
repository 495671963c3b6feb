import GradusSQL

/// SQL that somebody wrote to be put into statements of ours. What it leaves open goes on over what comes after it, and what it
/// ends is gone from around it: either makes another statement of the whole, or none, when that is run at last.
struct SQLFragment {
  /// What it becomes.
  enum Place {
    /// A condition, a value or a column of an index: one expression.
    case expression
    /// A statement of its own.
    case statement
    /// A statement of its own, over the rows of a slice.
    case slicedStatement
    /// Any number of statements of its own.
    case script
  }

  /// What is wrong with it, and what to do.
  struct Fault {
    var message: String
    var hint: String
  }

  private let place: Place
  private let engine: Engine
  private let bytes: [UInt8]

  /// What is wrong with a text to an engine; nil where it is complete in itself. Whether it is right only the engine knows.
  static func fault(in sql: String, as place: Place, on engine: Engine) -> Fault? {
    // With a line's end that is not its author's: what nothing closes goes on over that.
    SQLFragment(place: place, engine: engine, bytes: Array(sql.utf8) + [UInt8(ascii: "\n")]).fault()
  }

  /// The words that begin a clause and that neither engine takes for a name. Behind SELECT they are a subquery's.
  private static let clauses: Set<String> = ["where", "having", "order", "limit", "union", "returning"]

  private func fault() -> Fault? {
    var (index, depth, hasEscapes) = (0, 0, false)
    var (isEmpty, hasEnded, selects) = (true, false, false)
    while index < bytes.count {
      let rest = bytes[index...]
      if rest.starts(with: "/*".utf8) {
        // PostgreSQL's nest.
        let end = engine == .postgres ? SQLGap.endOfNestedComment(rest) : SQLGap.end(rest)
        guard let end, end < bytes.count else { return Self.openComment }
        index = end
        continue
      }
      if let end = SQLGap.end(rest) {
        index = end
        continue
      }
      let end =
        switch engine {
        case .sqlite: SQLiteToken.token(bytes, from: index).end
        case .postgres: Checksum.endOfToken(rest, hasEscapes: &hasEscapes)
        }
      guard end < bytes.count else { return Self.openQuote }
      if hasEnded, rest.first != UInt8(ascii: ";") { return secondStatement }
      isEmpty = false
      switch bytes[index] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth < 0 { return Self.brackets }
      case UInt8(ascii: ";") where place == .expression: return Self.semicolon
      case UInt8(ascii: ";"): hasEnded = place != .script
      case UInt8(ascii: "{"), UInt8(ascii: "}"):
        guard place == .slicedStatement, let end = SlicePlaceholder.end(rest) else { return brace(at: index) }
        index = end
        continue
      case _ where place == .expression && depth == 0 && !selects:
        let word = String(decoding: bytes[index..<end], as: UTF8.self).lowercased()
        // Behind a point PostgreSQL takes any word for a column.
        let isColumn = index > 0 && bytes[index - 1] == UInt8(ascii: ".")
        if Self.clauses.contains(word), !isColumn { return Self.clause(word) }
        selects = word == "select"
      default: break
      }
      index = end
    }
    if depth > 0 { return Self.brackets }
    return isEmpty ? Self.empty : nil
  }

  private static let empty = Fault(message: "the SQL says nothing", hint: "write it, or leave the key out")
  private static let openComment = Fault(
    message: "nothing closes a comment of the SQL", hint: "end it with */")
  private static let openQuote = Fault(
    message: "nothing closes a quote of the SQL",
    hint: "close it; in the text itself a quote is written twice")
  private static let brackets = Fault(
    message: "the brackets of the SQL do not belong together",
    hint: "close each that is opened, and no other")
  private static let semicolon = Fault(
    message: "a semicolon would end the statement that the SQL becomes part of", hint: "leave it out")

  private var secondStatement: Fault {
    Fault(
      message: "the SQL is more than one statement, and one at a time is run",
      hint: place == .slicedStatement
        ? "declare an update for each, or make one of them by WITH" : "list them one by one")
  }

  private static func clause(_ word: String) -> Fault {
    Fault(
      message: "'\(word.uppercased())' begins a clause, and the SQL becomes part of an expression",
      hint: "write the condition or the value alone")
  }

  private func brace(at index: Int) -> Fault {
    let text = String(decoding: bytes[index...].prefix { $0 != UInt8(ascii: "\n") }.prefix(20), as: UTF8.self)
    return Fault(
      message: "'\(text)' is no SQL, and nothing is put in its place",
      hint: place == .slicedStatement
        ? "write {range}, or {range:alias} with an alias of letters, digits and underscores"
        : "placeholders are replaced where the documentation of the key says so, and only as it writes them")
  }
}
