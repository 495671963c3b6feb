import Foundation
import Testing

@testable import HomeserverSchema

/// Reading and writing JSON without loss.
@Suite struct JSONScannerTests {
  private func compact(_ text: String) throws -> String {
    String(decoding: try JSONScanner.value(text).compact, as: UTF8.self)
  }

  @Test(arguments: [
    #"{"a":123456789012345678901234567890,"b":-0,"c":1.0,"d":1e3,"e":1E-07,"f":0.10}"#,
    #"[null,true,false,[],{},"",[[{"a":[]}]]]"#,
    #"{"":"\u0000\u001f\u007f\u00e9\ud83e\udd80\"\\/\b\f\n\r\t"}"#,
    #"["\ud800","\udc00\ud800","\ud800\ud83e\udd80","\uffff"]"#,
    "5", "\"x\"", "-1.5e+300", "1e999",
  ])
  func comesBackAsItWas(_ text: String) throws {
    #expect(try compact(text) == text)
  }

  @Test func differentSpellingsOfOneString() throws {
    #expect(try JSONScanner.value(#""é🦀\/""#) == JSONScanner.value(#""\u00E9\uD83E\udd80/""#))
    #expect(try JSONScanner.value(#""\u00e9""#) != JSONScanner.value(#""e\u0301""#))
    #expect(try compact(" { \"a\" :\t[ 1 ,\r\n2 ] } ") == #"{"a":[1,2]}"#)
  }

  @Test func ofEqualKeysTheLastCounts() throws {
    #expect(try compact(#"{"b":1,"a":{"x":1},"b":2,"\u0061":3,"b":null}"#) == #"{"a":3,"b":null}"#)
    // Equal to Unicode, but not to JSON.
    #expect(try compact("{\"\u{E9}\":1,\"e\u{301}\":2}") == #"{"e\u0301":2,"\u00e9":1}"#)
  }

  @Test func objectsAreChangedByKey() throws {
    var object = try #require(try JSONScanner.value(#"{"b":1,"d":2}"#).object)
    object["c"] = .boolean(true)
    object["d"] = nil
    object["none"] = nil
    object["a"] = .null
    object["b"] = .string("x")
    #expect(
      String(decoding: JSONValue.object(object).compact, as: UTF8.self) == #"{"a":null,"b":"x","c":true}"#)
  }

  @Test(arguments: [
    "", " ", "{", "[1", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "[1,]", "{a:1}", "[1 2]", "1 2", "01", "-", "+1",
    "1.",
    ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "-Infinity", "nul", "True", "\"", "\"\\", "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"", "\"\u{0}\"", "\"\n\"", "\u{FEFF}{}", "{}x", "'a'", "\"\\ud83e\\u\"",
  ])
  func notJSON(_ text: String) {
    #expect(throws: JSONScanner.Failure.self) { () throws in _ = try JSONScanner.value(text) }
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"a":["#, count: depth / 2) + String(repeating: "]}", count: depth / 2)
    }
    #expect(try compact(nested(JSONScanner.maxDepth)) == nested(JSONScanner.maxDepth))
    #expect(throws: JSONScanner.Failure.self) { () throws in
      _ = try JSONScanner.value(nested(JSONScanner.maxDepth + 2))
    }
    #expect(throws: JSONScanner.Failure.self) { () throws in
      _ = try JSONScanner.value(String(repeating: "[", count: 1_000_000))
    }
  }

  @Test func readsWhatFoundationWrites() throws {
    var generator = SplitMix(seed: 7)
    for _ in 0..<200 {
      let value = randomValue(&generator, depth: 4)
      let data = try JSONSerialization.data(withJSONObject: ["v": value], options: [.sortedKeys])
      let text = String(decoding: data, as: UTF8.self)
      let back = try compact(text)
      let again = try #require(try JSONSerialization.jsonObject(with: Data(back.utf8)) as? NSDictionary)
      #expect(again == ["v": value] as NSDictionary, "\(text)")
    }
  }

  private func randomValue(_ generator: inout SplitMix, depth: Int) -> Any {
    switch generator.below(depth > 0 ? 7 : 4) {
    case 0: return Int64(bitPattern: generator.next())
    case 1: return Double(generator.below(1_000_000)) / 64
    case 2: return generator.chance(50)
    case 3:
      let scalars = (0..<generator.below(8)).compactMap { _ in
        Unicode.Scalar(UInt32(generator.below(0x20000)))
      }
      return String(String.UnicodeScalarView(scalars))
    case 4, 5:
      return (0..<generator.below(4)).map { _ in randomValue(&generator, depth: depth - 1) }
    default:
      var object: [String: Any] = [:]
      for _ in 0..<generator.below(4) {
        object["k\(generator.below(100))"] = randomValue(&generator, depth: depth - 1)
      }
      return object
    }
  }
}
