import Foundation

/// A line of a page that a reader may type.
struct ShownCommand: Hashable, Sendable {
  /// Without the comment behind it, and with single spaces.
  let text: String

  static let programs = ["gradus", "homeserver", "swift"]

  /// Nil where the line is something else.
  init?(line: String) {
    var line = line.trimmingCharacters(in: .whitespaces)
    if line.hasPrefix("$ ") { line.removeFirst(2) }
    let word = line.prefix { $0 != " " }
    guard Self.programs.contains(String(word)) || word.hasPrefix("tools/") else { return nil }
    if let comment = line.firstRange(of: /\s+#\s.*$/) { line.removeSubrange(comment) }
    text = line.split(separator: " ").joined(separator: " ")
  }

  /// The words, as a shell takes the line.
  var words: [String] {
    var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "'" || character == "\"" {
        (quote, word) = (character, word ?? "")
      } else if character == " " {
        if let finished = word { words.append(finished) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}

extension Page {
  /// The commands in the blocks, in the page's order.
  var commands: [ShownCommand] { blocks.flatMap(\.lines).compactMap(ShownCommand.init(line:)) }
}
