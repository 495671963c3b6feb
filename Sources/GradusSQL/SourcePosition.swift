/// A place in a text; lines and columns count from 1, columns in characters.
public struct SourcePosition: Sendable, Hashable, Codable {
  /// The line, from 1.
  public var line: Int
  /// The column in characters, from 1.
  public var column: Int

  /// - Parameters:
  ///   - line: the line, from 1.
  ///   - column: the column in characters, from 1.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The position of the character `offset` (from 0, in Unicode scalars as PostgreSQL counts them) of a text.
  ///
  /// - Parameters:
  ///   - offset: how many scalars come before; past the end means the end.
  ///   - text: the text.
  package init(scalarOffset offset: Int, in text: String) {
    self.init(lineAndColumnOf: text.unicodeScalars.prefix(offset))
  }

  /// The position of the byte `offset` (from 0) of a text's UTF-8.
  ///
  /// - Parameters:
  ///   - offset: how many bytes come before; past the end means the end.
  ///   - text: the text.
  package init(utf8Offset offset: Int, in text: String) {
    let index = text.utf8.index(text.startIndex, offsetBy: offset, limitedBy: text.endIndex) ?? text.endIndex
    self.init(lineAndColumnOf: text.unicodeScalars[..<index])
  }

  /// Moves over text that follows.
  ///
  /// - Parameter text: what stands between this position and the next.
  package mutating func advance(over text: some Sequence<Unicode.Scalar>) {
    for scalar in text {
      if scalar == "\n" {
        line += 1
        column = 1
      } else if scalar != "\r" {
        column += 1
      }
    }
  }

  private init(lineAndColumnOf before: some Sequence<Unicode.Scalar>) {
    self.init(line: 1, column: 1)
    advance(over: before)
  }
}
