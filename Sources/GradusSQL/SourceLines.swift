extension StringProtocol {
  /// The lines of a file, empty ones too, without their ends.
  ///
  /// Swift takes a carriage return and the line feed behind it for one character, at which `split(separator: "\n")`
  /// does not split: a file from Windows would be a single line.
  package var sourceLines: [SubSequence] {
    split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }
}
