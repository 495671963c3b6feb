import GradusJSON
import Testing

/// Objects and their keys.
@Suite struct JSONObjectTests {
  @Test func ofEqualKeysTheLastCounts() throws {
    let value = try JSONScanner.value(#"{"b":1,"a":{"x":1},"b":2,"\u0061":3,"b":null}"#)
    let last: [JSONObject.Member] = [.init(key: "a", value: 3), .init(key: "b", value: .null)]
    #expect(value.object?.members == last)
    // Equal to Unicode, but not to JSON.
    let letters = try JSONScanner.value("{\"\u{E9}\":1,\"e\u{301}\":2}")
    let both: [JSONObject.Member] = [.init(key: "e\u{301}", value: 2), .init(key: "\u{E9}", value: 1)]
    #expect(letters.object?.members == both)
  }

  @Test func objectsAreChangedByKey() throws {
    var object: JSONObject = ["b": 1, "d": 2]
    object["c"] = .boolean(true)
    object["d"] = nil
    object["none"] = nil
    object["a"] = .null
    object["b"] = .string("x")
    let expected: JSONObject = ["a": .null, "b": "x", "c": .boolean(true)]
    #expect(object == expected)
  }

  @Test func whatMayBeMissing() {
    #expect(JSONObject(orEmpty: nil) == JSONObject())
    #expect(JSONObject(orEmpty: .null) == JSONObject())
    let object: JSONObject = ["a": 1]
    #expect(JSONObject(orEmpty: .object(object)) == object)
    #expect(JSONObject(orEmpty: .array([])) == nil)
  }
}
