import Foundation
import Testing

@testable import HomeserverSchema

/// Plain JSON is read as Foundation reads it, and what is not plain is left to Foundation.
@Suite struct PlainJSONTests {
  private static let plain = [
    "{}", " { } ", #"{"a":1}"#, #"{"a":-17,"b":0,"c":999999999999999}"#, #"{ "a" : [ 1 , "x" , null ] }"#,
    #"{"a":{"b":{"c":[[],{},[true,false]]}}}"#, #"{"content":{"name":"Ünïcode 🎉"},"unsigned":{"age_ts":5}}"#,
    "{\n\t\"a\":\r\"b\"}", #"{"":""}"#,
  ]

  @Test(arguments: plain) func isReadAsFoundationDoes(_ json: String) throws {
    let object = try #require(PlainJSON.object(json))
    let expected = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(NSDictionary(dictionary: object) == NSDictionary(dictionary: expected))
  }

  @Test(arguments: [
    "", " ", "[]", "1", "null", #"{"a":1"#, #"{"a":1}}"#, #"{"a":1} x"#, #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
    #"{,"a":1}"#, #"{a:1}"#, #"{"a":tru}"#, #"{"a":nulll}"#, #"{"a":[1,]}"#, #"{"a":[1}"#, #"{"a":"b}"#,
    #"{"a":01}"#, #"{"a":-}"#, #"{"a":-0}"#, #"{"a":1.5}"#, #"{"a":1e3}"#, #"{"a":+1}"#,
    #"{"a":1000000000000000}"#, #"{"a":"\n"}"#, #"{"a":"\ud800"}"#, #"{"\u0061":1}"#, "{\"a\":\"\n\"}",
    "{\"a\":\"\0\"}", #"{"a":1,"a":2}"#, "{\"\u{e9}\":1,\"e\u{301}\":2}",
    #"{"a":"# + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}",
  ]) func isLeftToFoundation(_ json: String) {
    #expect(PlainJSON.object(json) == nil)
  }

  @Test func membersThatAreNotWantedMustBeRightToo() throws {
    let object = try #require(
      PlainJSON.object(#"{"a":{"b":[1,"x",{"c":null}]},"content":{"k":1},"z":-3}"#, keeping: ["content"]))
    #expect(NSDictionary(dictionary: object) == ["content": ["k": 1]])
    for wrong in [#"{"b":[1,]}"#, #""\ud800""#, "1.0", "01", "nul", #"{"b" 1}"#] {
      #expect(PlainJSON.object(#"{"a":\#(wrong),"content":{}}"#, keeping: ["content"]) == nil)
    }
    #expect(PlainJSON.object(#"{"content":{},"content":{}}"#, keeping: ["content"]) == nil)
  }

  @Test func truthIsNoNumber() throws {
    let object = try #require(PlainJSON.object(#"{"yes":true,"one":1,"no":false}"#))
    #expect(object["yes"] as? Bool == true && object["no"] as? Bool == false)
    let types = try ["yes", "one"].map { try #require(object[$0] as? NSNumber) }.map {
      String(cString: $0.objCType)
    }
    #expect(types.first == "c" && types.last != "c")
  }

  @Test(arguments: plain) func everyTruncationIsLeftToFoundation(_ json: String) {
    let text = json.trimmingCharacters(in: .whitespacesAndNewlines)
    for end in text.indices { #expect(PlainJSON.object(String(text[..<end])) == nil) }
  }
}
