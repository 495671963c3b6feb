import GradusSQL

/// Finds what a script puts into the queue, by its tokens.
struct QueueInsertScanner {
  private let script: String
  private let bytes: [UInt8]
  private let tokens: [SQLiteToken]

  /// The queue's columns in the order in which its table has them.
  private static let columns = ["update_name", "progress_json", "depends_on", "ordering"]

  init(_ script: String) {
    self.script = script
    bytes = Array(script.utf8)
    tokens = SQLiteToken.all(in: bytes)
  }

  func scan() -> [QueueInsert] {
    tokens.indices.flatMap { index in
      isWord("insert", at: index) ? rows(ofStatementAt: index) : []
    }
  }

  private func rows(ofStatementAt start: Int) -> [QueueInsert] {
    var index = start + 1
    if isWord("or", at: index) { index += 2 }
    guard isWord("into", at: index) else { return [] }
    index += 1
    if isSymbol(".", at: index + 1) { index += 2 }
    guard name(at: index) == "background_updates" else { return [] }
    index += 1
    var columns = Self.columns
    if isSymbol("(", at: index), let close = closing(index) {
      columns = items(index + 1..<close).map { name(at: $0.lowerBound) }
      index = close + 1
    }
    let position = SourcePosition(utf8Offset: tokens[start].range.lowerBound, in: script)
    let found = isWord("values", at: index) ? tuples(from: index + 1) : selects(from: index)
    guard !found.isEmpty else {
      return [QueueInsert(name: nil, dependsOn: nil, ordering: .computed, position: position)]
    }
    return found.map { row($0, columns, position) }
  }

  private func row(_ values: [Range<Int>], _ columns: [String], _ position: SourcePosition) -> QueueInsert {
    func value(_ column: String) -> Range<Int>? {
      columns.firstIndex(of: column).flatMap { $0 < values.count ? values[$0] : nil }
    }
    let dependsOn = value("depends_on").flatMap(literal)
    return QueueInsert(
      name: value("update_name").flatMap(literal), dependsOn: dependsOn.flatMap { $0.isEmpty ? nil : $0 },
      ordering: value("ordering").map { number($0).map { .number($0) } ?? .computed } ?? .absent,
      position: position)
  }

  /// The rows after VALUES.
  private func tuples(from start: Int) -> [[Range<Int>]] {
    var rows: [[Range<Int>]] = []
    var index = start
    while isSymbol("(", at: index), let close = closing(index) {
      rows.append(items(index + 1..<close))
      index = close + 1
      guard isSymbol(",", at: index) else { break }
      index += 1
    }
    return rows
  }

  /// What each SELECT of a statement selects.
  private func selects(from start: Int) -> [[Range<Int>]] {
    var rows: [[Range<Int>]] = []
    var (index, depth) = (start, 0)
    while index < tokens.count, !(depth == 0 && isSymbol(";", at: index)) {
      if isSymbol("(", at: index) { depth += 1 }
      if isSymbol(")", at: index) { depth -= 1 }
      if depth < 0 { break }
      if depth == 0, isWord("select", at: index) {
        let end = endOfSelection(from: index + 1)
        rows.append(items(index + 1..<end))
        index = end
      } else {
        index += 1
      }
    }
    return rows
  }

  private func endOfSelection(from start: Int) -> Int {
    var (index, depth) = (start, 0)
    while index < tokens.count {
      if isSymbol("(", at: index) { depth += 1 }
      if isSymbol(")", at: index) { depth -= 1 }
      if depth < 0 { break }
      let isEnd = ["from", "where", "union", "except", "order", "limit", "on"].contains {
        isWord($0, at: index)
      }
      if depth == 0, isEnd || isSymbol(";", at: index) { break }
      index += 1
    }
    return index
  }

  /// The parts between commas.
  private func items(_ range: Range<Int>) -> [Range<Int>] {
    var (items, start, depth): ([Range<Int>], Int, Int) = ([], range.lowerBound, 0)
    for index in range {
      if isSymbol("(", at: index) { depth += 1 }
      if isSymbol(")", at: index) { depth -= 1 }
      if depth == 0, isSymbol(",", at: index) {
        items.append(start..<index)
        start = index + 1
      }
    }
    return items + [start..<range.upperBound]
  }

  private func closing(_ open: Int) -> Int? {
    var depth = 0
    for index in open..<tokens.count {
      if isSymbol("(", at: index) { depth += 1 }
      if isSymbol(")", at: index) { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  /// A text in single quotes, also one with a cast behind it.
  private func literal(_ item: Range<Int>) -> String? {
    guard let first = item.first, tokens[first].kind == .quoted,
      bytes[tokens[first].range.lowerBound] == 0x27,
      item.count == 1 || isSymbol(":", at: first + 1) || isWord("as", at: first + 1)
    else { return nil }
    return SQLText.unquoted(text(first))
  }

  private func number(_ item: Range<Int>) -> Int? {
    let text = item.map { self.text($0) }.joined()
    return Int(text)
  }

  private func name(at index: Int) -> String {
    guard tokens.indices.contains(index) else { return "" }
    let text = text(index)
    return (tokens[index].kind == .quoted ? SQLText.unquoted(text) : text).lowercased()
  }

  private func text(_ index: Int) -> String { String(decoding: bytes[tokens[index].range], as: UTF8.self) }

  private func isWord(_ word: String, at index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].kind == .word && text(index).lowercased() == word
  }

  private func isSymbol(_ symbol: Character, at index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].kind == .symbol(symbol.asciiValue ?? 0)
  }
}
