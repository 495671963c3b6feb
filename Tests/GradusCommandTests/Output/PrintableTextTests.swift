import Testing

@testable import GradusCommand

@Suite struct PrintableTextTests {
  @Test(arguments: [
    ("caf\u{E9} \u{1F600}", "caf\u{E9} \u{1F600}"), ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"),
    ("a\r\nb\u{7}", "a\u{FFFD}\u{FFFD}b\u{FFFD}"),
    ("a\u{9B}b\u{202E}c\u{200B}", "a\u{FFFD}b\u{FFFD}c\u{FFFD}"),
    ("a\u{2028}b\u{2029}c", "a\u{FFFD}b\u{FFFD}c"),
  ])
  func nothingIsLeftThatATerminalObeys(_ text: String, _ printed: String) {
    #expect(Text.printable(text) == printed)
  }

  @Test func linesStay() {
    #expect(Text.printableLines("a\u{1B}\tb\r\nc") == "a\u{FFFD}\tb\u{FFFD}\nc")
  }
}
