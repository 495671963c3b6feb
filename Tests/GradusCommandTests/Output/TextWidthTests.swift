import Testing

@testable import GradusCommand

/// As many columns as terminals give to a text.
@Suite struct TextWidthTests {
  @Test(
    arguments: [
      ("", 0), ("fill: 75 %", 10), ("é", 1), ("e\u{301}", 1), ("█░…", 3), ("注文", 4), ("한글", 4), ("ｆ", 2),
      ("ﾌ", 1), ("🚚", 2), ("❤", 1), ("❤\u{FE0F}", 2), ("🇩🇪", 2), ("𠮷", 2),
    ])
  func theWidth(text: String, expected: Int) { #expect(Text.width(text) == expected) }

  @Test func theColumnsOfATableAreInLine() {
    #expect(
      Text.table(["name", "rows"], [["注文", "1"], ["ab", "2,000"]])
        == """
        name  rows\u{20}
        ----  -----
        注文  1\u{20}\u{20}\u{20}\u{20}
        ab    2,000
        """)
  }
}
