import Foundation
import GradusAdmin
import GradusTestSupport
import GradusUpdates
import Testing

/// What is JSON, and what is not.
@Suite struct JSONParserTests {
  @Test(
    arguments: [
      "{}", " [1, 2] ", "\"\\u00e9\\ud83d\\ude00\"", "-0", "0.5", "1e5", "1E-5", "-12.5e+3", "[[[]]]", "null",
      "{\"a\":{\"b\":[true,false,null]}}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\u{7F}\"",
    ])
  func valid(text: String) throws {
    #expect(throws: Never.self) { () throws in try JSONParser.parse(Array(text.utf8)) }
    #expect(throws: Never.self) { () throws in
      try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }
  }

  @Test(
    arguments: [
      "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "01", "-", "+1", ".5", "1.", "1e", "1e+",
      "NaN",
      "Infinity", "-Infinity", "tru", "True", "nul", "\"", "\"\\\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u+123\"",
      "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\t\"", "\"\n\"", "\"\u{0}\"",
      "[1 2]",
      "{\"a\" 1}", "{\"a\":}", "{} {}", "1 1", "//x\n1", "\u{FEFF}{}", "\u{A0}1", "[", "[\"a\"", "{\"a\":1",
    ])
  func invalid(text: String) {
    #expect(throws: JSONParser.Failure.self) { () throws in try JSONParser.parse(Array(text.utf8)) }
  }

  /// Random bytes and random cuts never crash, and what is taken is JSON for others, too.
  @Test func randomBytes() {
    var generator = SeededGenerator(seed: 7)
    let pieces: [[UInt8]] =
      [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "u", "d800", "\\ud83d\\ude00", "1", "-", ".", "e", "true",
        "null", " ",
        "\"a\"", "é",
      ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0]]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<12, using: &generator)).flatMap { _ in
        pieces.randomElement(using: &generator)!
      }
      guard (try? JSONParser.parse(bytes)) != nil else { continue }
      let other = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      #expect(other != nil, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

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
