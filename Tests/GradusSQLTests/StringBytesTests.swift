import GradusSQL
import Testing

/// Texts that are the same to Swift, and not to a database.
@Suite struct StringBytesTests {
  private static let texts = ["", "e", "\u{E9}", "e\u{301}", "e\u{301}x", "\u{0}", "\u{0}a"]

  @Test func textsAreToldApartByTheirBytes() {
    let none: String? = nil
    for (index, text) in Self.texts.enumerated() {
      for (place, other) in Self.texts.enumerated() {
        #expect(text.hasSameBytes(as: other) == (index == place))
        #expect((BytewiseText(text) == BytewiseText(other)) == (index == place))
        let (one, two): (String?, String?) = (text, other)
        #expect(one.hasSameBytes(as: two) == (index == place))
        #expect(!one.hasSameBytes(as: none) && !none.hasSameBytes(as: two))
      }
    }
    #expect(none.hasSameBytes(as: none))
  }

  @Test func soAreValues() {
    #expect(SQLValue.text("\u{E9}") != SQLValue.text("e\u{301}"))
    #expect(SQLValue.textArray(["\u{E9}", nil]) != SQLValue.textArray(["e\u{301}", nil]))
    #expect(SQLValue.textArray(["\u{E9}", nil]) == SQLValue.textArray(["\u{E9}", nil]))
    #expect(SQLValue.textArray(["\u{E9}"]) != SQLValue.textArray(["\u{E9}", nil]))
  }
}
