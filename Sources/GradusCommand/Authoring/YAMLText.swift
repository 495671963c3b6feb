import Foundation

/// Writes values as YAML that reads back as the same text.
enum YAMLText {
  /// A text, without quotes where it is a plain name.
  static func scalar(_ text: String) -> String {
    let isName = text.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_]*/#) != nil
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    return isName && !words.contains(text.lowercased()) ? text : quoted(text)
  }

  /// A list, on one line.
  static func list(_ texts: [String]) -> String { "[\(texts.map(scalar).joined(separator: ", "))]" }

  /// One text as such, several as a list.
  static func oneOrMore(_ texts: [String]) -> String {
    texts.count == 1 ? scalar(texts[0]) : list(texts)
  }

  /// JSON's strings are YAML's, too.
  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
