extension StringProtocol {
  /// The lines of a file, empty ones too, without their ends.
  package var sourceLines: [SubSequence] {
    split(omittingEmptySubsequences: false, whereSeparator: \.isSourceLineEnd)
  }
}

extension Character {
  /// Whether a line of a file ends here.
  ///
  /// Swift takes a carriage return and the line feed behind it for one character, which is not equal to a line feed: to
  /// `split(separator: "\n")` a file from Windows would be a single line.
  package var isSourceLineEnd: Bool { self == "\n" || self == "\r\n" }
}
