import GradusJSON
import Testing

@testable import HomeserverSchema

/// The canonical form: the examples of the Matrix specification's appendix, and what it leaves open.
@Suite struct CanonicalJSONTests {
  private func canonical(_ text: String) throws -> String {
    let object = try #require(try JSONScanner.value(text).object)
    return String(decoding: try CanonicalJSON.encode(object), as: UTF8.self)
  }

  @Test(arguments: [
    ("{}", "{}"),
    (#"{ "one": 1, "two": "Two" }"#, #"{"one":1,"two":"Two"}"#),
    (#"{"b": "2", "a": "1"}"#, #"{"a":"1","b":"2"}"#),
    (
      #"{"auth":{"success":true,"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"medium":"email","address":"john.doe@example.org"},{"medium":"msisdn","address":"123456789"}]}}}"#,
      #"{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}"#
    ),
    (#"{"a": "日本語"}"#, #"{"a":"日本語"}"#),
    (#"{"本": 2, "日": 1}"#, #"{"日":1,"本":2}"#),
    (#"{"a": "\u65E5"}"#, #"{"a":"日"}"#),
    (#"{"a": null}"#, #"{"a":null}"#),
    // Code points, not UTF-16 units and not Unicode's order of letters.
    (
      #"{"\ud83d\ude00":1,"\uffff":2,"é":3,"z":4,"Z":5,"":6}"#,
      "{\"\":6,\"Z\":5,\"z\":4,\"é\":3,\"\u{FFFF}\":2,\"😀\":1}"
    ),
    (
      #"{"a":"\u0000\u001F\u007f\"\\\/\b\f\n\r\t"}"#,
      "{\"a\":\"\\u0000\\u001f\u{7F}\\\"\\\\/\\b\\f\\n\\r\\t\"}"
    ),
  ])
  func form(_ text: String, _ expected: String) throws {
    // Swift compares strings by Unicode's rules, bytes are what counts here.
    #expect(Array(try canonical(text).utf8) == Array(expected.utf8))
  }

  @Test(arguments: [
    ("-0", "0"), ("123456789012345678901234567890", "123456789012345678901234567890"),
    ("-9007199254740993", "-9007199254740993"),
    ("1.0", "1.0"), ("1e3", "1000.0"), ("1E+2", "100.0"), ("-0.0", "-0.0"), ("0e5", "0.0"), ("0.1", "0.1"),
    ("100.50", "100.5"), ("1e-4", "0.0001"), ("1e-5", "1e-05"), ("1.5e-7", "1.5e-07"),
    ("1e15", "1000000000000000.0"),
    ("1e16", "1e+16"), ("123456789.125e10", "1.23456789125e+18"),
    ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ("5e-324", "5e-324"), ("1e-400", "0.0"), ("9007199254740993.0", "9007199254740992.0"),
    ("12345678901234567.0", "1.2345678901234568e+16"), ("0.30000000000000004", "0.30000000000000004"),
  ])
  func numbers(_ spelling: String, _ expected: String) throws {
    #expect(try canonical(#"{"n":\#(spelling)}"#) == #"{"n":\#(expected)}"#)
  }

  @Test func whatHasNoForm() throws {
    #expect(throws: CanonicalJSON.Refusal.loneSurrogate) { () throws in
      _ = try canonical(#"{"a":["\ud800x"]}"#)
    }
    #expect(throws: CanonicalJSON.Refusal.loneSurrogate) { () throws in _ = try canonical(#"{"\udfff":1}"#) }
    #expect(throws: CanonicalJSON.Refusal.infiniteNumber) { () throws in _ = try canonical(#"{"a":-1e999}"#) }
  }
}
