import GradusAdmin
import GradusUpdates
import Testing

/// How values are written as JSON.
@Suite struct WrittenJSONTests {
  /// As Python's json.dumps writes it.
  @Test func valuesAsJSON() {
    #expect(
      AdminJobValue.string("a\"\\/\u{8}\u{C}\n\r\t\u{1}\u{7F}é😀").json
        == #""a\"\\/\b\f\n\r\t\u0001\u007f\u00e9\ud83d\ude00""#)
    #expect(AdminJobValue.integer(-5).json == "-5")
    #expect(AdminJobValue.boolean(true).json == "true")
    #expect(AdminJobValue.null.json == "null")
  }

  @Test func orderedJSON() {
    let value = OrderedJSON.object([
      ("b", .double(0)), ("a", .string("x\"\\\n\u{1}é")), ("n", .null), ("i", .integer(5)),
      ("f", .boolean(false)),
      ("o", .object([])), ("nan", .double(.nan)),
    ])
    #expect(value.text == #"{"b":0.0,"a":"x\"\\\n\u0001é","n":null,"i":5,"f":false,"o":{},"nan":null}"#)
  }
}
