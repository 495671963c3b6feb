import Gradus
import Yams

/// The text of a ledger, changed in few places: comments and order stay. Pure.
///
/// Places are found by the positions that the YAML parser gives. What was changed is to be read again and compared with
/// what it should say.
struct LedgerText {
  private let file: String
  let root: YAMLMapping
  let scalars: [Unicode.Scalar]
  let lineStarts: [Int]
  private var edits: [(range: Range<Int>, text: String)] = []

  /// - Throws: `GradusError` where the text is no YAML mapping.
  init(_ text: String, file: String) throws {
    self.file = file
    root = try YAMLReader(file: file).parse(text)
    let scalars = Array(text.unicodeScalars)
    lineStarts = [0] + scalars.indices.filter { scalars[$0] == "\n" }.map { $0 + 1 }
    self.scalars = scalars
  }

  /// The text with all changes.
  var text: String {
    var result = scalars
    // From the end, so that the other places stay where they are; of one place, the last change goes behind.
    for (_, edit) in edits.enumerated().sorted(by: {
      ($0.element.range.lowerBound, $0.offset) > ($1.element.range.lowerBound, $1.offset)
    }) {
      result.replaceSubrange(edit.range, with: Array(edit.text.unicodeScalars))
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: result)
    return String(view)
  }

  /// Puts a number in another's place.
  mutating func set(_ key: String, to number: Int) throws {
    let node = try root.require(key)
    let old = try root.reader.integer(node)
    let start = try offset(of: node)
    let end = start + String(old).unicodeScalars.count
    guard end <= scalars.count, text(start..<end) == String(old) else { throw unreadable(node) }
    edits.append((start..<end, String(number)))
  }

  /// Adds a line `key: value` to the top.
  mutating func add(_ key: String, _ number: Int, after other: String) throws {
    let line = try line(of: root.require(other))
    insert(["\(key): \(number)"], afterLine: line)
  }

  /// Adds entries, each on a line or all in the brackets that are there, to a mapping of the top.
  ///
  /// - Parameter entries: such as `88: {compat: 87}`.
  mutating func add(_ entries: [String], to key: String) throws {
    guard let node = root.find(key), let mapping = node.mapping, let first = mapping.first?.key else {
      return try addBlock([key + ":"] + entries.map { "  " + $0 }, inPlaceOf: key)
    }
    if try begins(node, with: "{") {
      return try insertIntoFlow(entries.joined(separator: ", "), at: offset(of: node))
    }
    let indentation = try column(of: first)
    let last = endOfBlock(from: try line(of: Array(mapping).last?.key ?? first)) {
      indented($0) > indentation
    }
    insert(entries.map { String(repeating: " ", count: indentation) + $0 }, afterLine: last)
  }

  /// Adds an item, given by its lines without the dash, to a list of the top.
  mutating func addItem(_ lines: [String], to key: String) throws {
    func item(_ indentation: Int) -> [String] {
      lines.enumerated().map { index, line in
        String(repeating: " ", count: indentation) + (index == 0 ? "- " : "  ") + line
      }
    }
    guard let node = root.find(key), let sequence = node.sequence, let first = sequence.first else {
      return try addBlock([key + ":"] + item(2), inPlaceOf: key)
    }
    guard try !begins(node, with: "[") else {
      throw root.reader.error(
        node, "'\(key)' is written on one line, and cannot be added to",
        hint: "write it as a list, a line with '- name: ...' each, and run this again")
    }
    // The item begins behind its dash, perhaps on the line below it.
    var line = try line(of: first)
    while line > 0, !(content(line)?.hasPrefix("-") ?? false) { line -= 1 }
    let indentation = indented(line)
    let last = endOfBlock(from: line) {
      indented($0) > indentation || indented($0) == indentation && content($0)?.hasPrefix("-") == true
    }
    insert(item(indentation), afterLine: last)
  }

  /// At the end, or in place of a key without a value.
  private mutating func addBlock(_ lines: [String], inPlaceOf key: String) throws {
    guard let entry = root.entries.first(where: { $0.key.scalar?.string == key }) else {
      let last = (0..<lineStarts.count).last { content($0) != nil } ?? 0
      return insert([""] + lines, afterLine: last)
    }
    let start = try offset(of: entry.key)
    let line = try line(of: entry.key)
    let rest = text(start..<end(ofLine: line))
    guard rest.contains(#/^[^\s:]+:\s*(?:\[\s*\]|\{\s*\}|~|null)?\s*(?:#.*)?$/#) else {
      throw unreadable(entry.value)
    }
    edits.append((start..<end(ofLine: line), lines[0]))
    insert(Array(lines.dropFirst()), afterLine: line)
  }

  private mutating func insert(_ lines: [String], afterLine line: Int) {
    let isWindows = scalars.contains("\r")
    let end = end(ofLine: line)
    edits.append((end..<end, lines.map { (isWindows ? "\r\n" : "\n") + $0 }.joined()))
  }

  /// Before the bracket that closes the one at `open`.
  private mutating func insertIntoFlow(_ text: String, at open: Int) throws {
    var (depth, index): (Int, Int) = (0, open)
    var last = open
    while index < scalars.count {
      switch scalars[index] {
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      // Amid a plain text, as in doesn't, it is none.
      case "'", "\"":
        if ["{", "[", ",", ":"].contains(scalars[last]) { index = endOfQuoted(index) }
      case "#" where scalars[index - 1].properties.isWhitespace:
        while index + 1 < scalars.count, scalars[index + 1] != "\n" { index += 1 }
        index += 1
        continue
      default: break
      }
      if depth == 0 { break }
      if index < scalars.count, !scalars[index].properties.isWhitespace { last = index }
      index += 1
    }
    guard index < scalars.count else {
      throw GradusError(.invalidFile, "a bracket is not closed", file: file)
    }
    let comma = [",", "{"].contains(scalars[last]) ? (scalars[last] == "{" ? "" : " ") : ", "
    edits.append((last + 1..<last + 1, comma + text))
  }

  private func endOfQuoted(_ start: Int) -> Int {
    // A single quote is doubled within single ones.
    let escape: Unicode.Scalar = scalars[start] == "'" ? "'" : "\\"
    var index = start + 1
    while index < scalars.count {
      let next = index + 1 < scalars.count ? scalars[index + 1] : nil
      if scalars[index] == escape, escape == "\\" || next == escape {
        index += 1
      } else if scalars[index] == scalars[start] {
        break
      }
      index += 1
    }
    return index
  }
}
