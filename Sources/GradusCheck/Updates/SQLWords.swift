/// The words, names, texts and marks of SQL, without comments; enough to tell what simple statements name.
struct SQLWords {
  /// Words and names in lower case without their quotes, marks as they are; texts as they are.
  private let words: [Substring]
  private var isQuoted: [Bool]
  /// Parsed once: statements are many. A Regex never changes. By scalars, as a quote and an accent behind it are two of them.
  nonisolated(unsafe) private static let pattern =
    #/--[^\n]*|\/\*(?s:.*?)\*\/|"[^"]*"|'[^']*'|[\w$]+|[^\s\w]/#.matchingSemantics(.unicodeScalar)

  init(_ sql: String) {
    var words: [Substring] = []
    isQuoted = []
    for match in sql.lowercased().matches(of: Self.pattern) {
      let word = match.output
      let scalars = word.unicodeScalars
      if ["--", "/*"].contains(where: { scalars.starts(with: $0.unicodeScalars) }) { continue }
      isQuoted.append(scalars.first == "\"" || scalars.first == "'")
      words.append(scalars.first == "\"" ? Substring(scalars.dropFirst().dropLast()) : word)
    }
    self.words = words
  }

  var count: Int { words.count }

  /// All words and names.
  var all: Set<String> { Set(words.map(String.init)) }

  subscript(index: Int) -> String { words.indices.contains(index) ? String(words[index]) : "" }

  /// Whether these keywords, in this order, begin at a place.
  func has(_ keywords: String..., at index: Int) -> Bool {
    keywords.enumerated().allSatisfy { offset, keyword in
      self[index + offset] == keyword && !isQuoted[index + offset]
    }
  }

  /// The place past optional keywords, such as IF EXISTS.
  func skip(_ optional: [String]..., from index: Int) -> Int {
    var index = index
    for keywords in optional
    where keywords.enumerated().allSatisfy({ self[index + $0.offset] == $0.element }) {
      index += keywords.count
    }
    return index
  }

  /// A name that may have its schema before it, and the place past it.
  func name(at index: Int) -> (name: String, end: Int) {
    self[index + 1] == "." ? (self[index + 2], index + 3) : (self[index], index + 1)
  }

  /// The columns that a SET at a place gives values to; none where there is none.
  func assigned(at index: Int) -> Set<String> {
    guard has("set", at: index) else { return [] }
    var columns = Set(bracket(at: index + 1))
    var depth = 0
    for place in index + 1..<count {
      if self[place] == "(" { depth += 1 }
      if self[place] == ")" { depth -= 1 }
      if depth == 0, has("where", at: place) || has("from", at: place) { break }
      if depth == 0, self[place + 1] == "=", place == index + 1 || self[place - 1] == "," {
        columns.insert(self[place])
      }
    }
    return columns
  }

  /// The words in the brackets that open at a place.
  func bracket(at index: Int) -> [String] {
    guard self[index] == "(" else { return [] }
    var (depth, end) = (0, index)
    repeat {
      if self[end] == "(" { depth += 1 }
      if self[end] == ")" { depth -= 1 }
      end += 1
    } while depth > 0 && end < count
    return (index + 1..<max(index + 1, end - 1)).map { self[$0] }.filter { $0 != "," }
  }
}
