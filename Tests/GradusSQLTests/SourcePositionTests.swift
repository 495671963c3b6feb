import GradusSQL
import Testing

@Suite struct SourcePositionTests {
  private let text = "é🙂\r\nb\n\nc"

  @Test(arguments: [
    (0, 1, 1), (1, 1, 2), (2, 1, 3), (4, 2, 1), (5, 2, 2), (6, 3, 1), (7, 4, 1), (8, 4, 2), (99, 4, 2),
  ])
  func countsScalars(_ offset: Int, _ line: Int, _ column: Int) {
    #expect(SourcePosition(scalarOffset: offset, in: text) == SourcePosition(line: line, column: column))
  }

  @Test(arguments: [
    (0, 1, 1), (2, 1, 2), (6, 1, 3), (8, 2, 1), (9, 2, 2), (11, 4, 1), (12, 4, 2), (99, 4, 2),
  ])
  func countsBytes(_ offset: Int, _ line: Int, _ column: Int) {
    #expect(SourcePosition(utf8Offset: offset, in: text) == SourcePosition(line: line, column: column))
  }
}
