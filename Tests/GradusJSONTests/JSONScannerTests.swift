import GradusJSON
import Testing

/// Reading JSON, strictly and without loss.
@Suite struct JSONScannerTests {
  @Test func values() throws {
    let text = #" {"a" : [ null,true ,false, -1.50e+3,"x" ],"b":{ } } "#
    let value: JSONValue = [
      "a": [.null, .boolean(true), .boolean(false), .number(JSONNumber(spelling: "-1.50e+3")), "x"], "b": [:],
    ]
    #expect(try JSONScanner.value(text) == value)
  }

  /// Whoever tells the error to an operator need not know how it is made.
  @Test func aFailureSaysWhere() throws {
    let failure = try #require(throws: JSONScanner.Failure.self) { () throws in
      _ = try JSONScanner.value(#"{"a": tru}"#)
    }
    #expect("\(failure)" == "it is not valid JSON at byte 6")
  }

  @Test func differentSpellingsOfOneString() throws {
    #expect(try JSONScanner.value(#""é🦀\/""#) == JSONScanner.value(#""\u00E9\uD83E\udd80/""#))
    #expect(try JSONScanner.value(#""\u00e9""#) != JSONScanner.value(#""e\u0301""#))
    #expect(try JSONScanner.value(" { \"a\" :\t[ 1 ,\r\n2 ] } ") == JSONScanner.value(#"{"a":[1,2]}"#))
  }

  @Test(arguments: [
    "{}", " [1, 2] ", #""\u00e9\ud83d\ude00""#, "-0", "0.5", "1e5", "1E-5", "-12.5e+3", "[[[]]]", "null",
    #"{"a":{"b":[true,false,null]}}"#, #""\"\\\/\b\f\n\r\t""#, "\"\u{7F}\"", #""\ud800""#,
  ])
  func isJSON(_ text: String) {
    #expect(throws: Never.self) { () throws in _ = try JSONScanner.value(text) }
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "[1", "[\"a\"", "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{\"a\":1", "{\"a\":1,}",
    "[1,]", "{a:1}",
    "{'a':1}", "[1 2]", "1 2", "{} {}", "//x\n1", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "NaN",
    "Infinity",
    "-Infinity", "tru", "nul", "True", "\"", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
    "\"\\u+123\"",
    "\"\u{0}\"", "\"\n\"", "\"\t\"", "\u{FEFF}{}", "\u{A0}1", "{}x", "'a'", "\"\\ud83e\\u\"", "\"\\ud800x",
  ])
  func notJSON(_ text: String) {
    #expect(throws: JSONScanner.Failure.self) { () throws in _ = try JSONScanner.value(text) }
  }

  /// - Parameter bound: nil for that of all who say nothing else.
  @Test(arguments: [nil, 64] as [Int?]) func depthIsBounded(bound: Int?) throws {
    func read(_ text: String) throws -> JSONValue {
      var scanner = bound.map { JSONScanner(Array(text.utf8), maxDepth: $0) } ?? JSONScanner(Array(text.utf8))
      return try scanner.document()
    }
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"a":["#, count: depth / 2) + String(repeating: "]}", count: depth / 2)
    }
    let most = bound ?? JSONScanner.maxDepth
    #expect(try read(nested(most)).object?.members.count == 1)
    #expect(throws: JSONScanner.Failure.self) { () throws in _ = try read(nested(most + 2)) }
    #expect(throws: JSONScanner.Failure.self) { () throws in
      _ = try read(String(repeating: "[", count: 1_000_000))
    }
  }

  @Test(arguments: [
    (#"["\ud83d\ude00","a","\\ud800"]"#, false), (#"["\ud800"]"#, true), (#"["\udc00\ud800"]"#, true),
    (#"["\ud83d\u0041"]"#, true), (#"{"\udfff":1}"#, true), (#"{"a":"\ud800","a":1}"#, true),
  ])
  func loneSurrogatesAreNoted(text: String, isNoted: Bool) throws {
    var scanner = JSONScanner(Array(text.utf8))
    _ = try scanner.document()
    #expect(scanner.hasLoneSurrogates == isNoted)
  }

  @Test func whereMembersStand() throws {
    let text = Array(#" {"b": {"a":1}, "a" :"x","b":2} "#.utf8)
    var scanner = JSONScanner(text)
    _ = try scanner.document()
    #expect(scanner.outermost.map(\.key) == ["b", "a", "b"])
    #expect(
      scanner.outermost.map { String(decoding: text[$0.range], as: UTF8.self) } == [
        #"{"a":1}"#, #""x""#, "2",
      ])
  }

  @Test(
    arguments: [
      ("5", 5), ("-0", 0), ("-9223372036854775808", .min), ("9223372036854775808", nil), ("5.0", nil),
      ("1e3", nil),
    ] as [(String, Int64?)])
  func wholeNumbers(spelling: String, integer: Int64?) {
    #expect(JSONNumber(spelling: spelling).integer == integer)
  }
}
