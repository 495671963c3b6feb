extension Text {
  /// A text without what a terminal obeys: control characters, and those that turn or hide what stands beside them.
  /// Names in a database are strangers'.
  ///
  /// - Parameter text: a text of one line.
  package static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isObeyed($0) ? "\u{FFFD}" : $0 }))
  }

  /// As `printable`, of a text of several lines: their ends and tabs stay.
  ///
  /// - Parameter text: a text.
  package static func printableLines(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { isObeyed($0) && $0 != "\n" && $0 != "\t" ? "\u{FFFD}" : $0 }))
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // Separators of lines and paragraphs: a viewer of logs may end a line there.
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
