import GradusJSON
import Testing

/// Objects of which some members are wanted.
@Suite struct JSONMembersTests {
  private static let wanted: [JSONText] = ["content", "a"]

  @Test(arguments: [
    "{}", " { } ", #"{"a":1}"#, #"{"b":-1.5e3,"c":"x","a":null}"#,
    #"{ "b" : [ 1 , {"a":2} , "\ud800" ] , "a" : [] }"#,
    #"{"\u0061":1}"#, #"{"a":1,"a":2}"#, #"{"a":{"a":1},"content":{"b":[true,false]}}"#,
    "{\"e\u{301}\":1,\"\u{e9}\":2}",
    #"{"":"","\\":"\""}"#,
  ]) func areThoseOfTheWholeObject(_ json: String) throws {
    let whole = try #require(try JSONScanner.value(json).object)
    let some = try JSONScanner.object(json, keeping: Self.wanted)
    #expect(some == whole.keeping(Set(Self.wanted)))
  }

  @Test(arguments: [
    "", " ", "[]", "1", "null", #"{"b":1"#, #"{"b":1}}"#, #"{"b":1} x"#, #"{"b"}"#, #"{"b":}"#, #"{"b":1,}"#,
    #"{,"b":1}"#, #"{b:1}"#, #"{"b":tru}"#, #"{"b":nulll}"#, #"{"b":[1,]}"#, #"{"b":[1}"#, #"{"b":"c}"#,
    #"{"b":"\x"}"#,
    #"{"b":01}"#, #"{"b":-}"#, #"{"b":1.}"#, #"{"b":1e}"#, #"{"b":+1}"#, "{\"b\":\"\n\"}", #"{"b":{"c" 1}}"#,
    #"{"b":"\u12"}"#,
    #"{"b":"# + String(repeating: "[", count: 600) + String(repeating: "]", count: 600) + "}",
  ]) func membersThatAreNotWantedMustBeRightToo(_ json: String) {
    #expect(throws: JSONScanner.Failure.self) { try JSONScanner.object(json, keeping: Self.wanted) }
  }
}
