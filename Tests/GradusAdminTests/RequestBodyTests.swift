import Foundation
import GradusJSON
import GradusTestSupport
import Testing

@testable import GradusAdmin

/// Which bodies are taken, and what is read of them.
@Suite struct RequestBodyTests {
  private static func refusal(_ body: () throws -> RequestBody) -> String? {
    do { _ = try body() } catch { return (error as? AdminFailure)?.errcode ?? "\(error)" }
    return nil
  }

  private static func nested(_ levels: Int) -> String {
    #"{"a":"# + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1) + "}"
  }

  @Test func ofEqualKeysTheLastCounts() throws {
    let body = try RequestBody(Array(#" {"a": 1, "b": "x", "\u0061": null} "#.utf8))
    #expect(body["a"] == JSONValue.null)
    #expect(body["b"] == JSONValue("x"))
    #expect(body["c"] == nil)
  }

  /// Half of a surrogate pair is no character, wherever it stands.
  @Test(arguments: [
    "", "x", #"{"a":"\ud800"}"#, #"{"a":"\udc00\ud800"}"#, #"{"\ud800":1}"#,
    #"{"a":[{"b":["\ud83d\u0041"]}]}"#,
    #"{"a":"\ud800","a":1}"#, nested(65),
  ])
  func notJSON(text: String) {
    let errcode = Self.refusal { try RequestBody(Array(text.utf8)) }
    #expect(errcode == "M_NOT_JSON")
  }

  @Test(arguments: [#"{"a":"\ud83d\ude00"}"#, nested(64)])
  func isJSON(text: String) {
    let errcode = Self.refusal { try RequestBody(Array(text.utf8)) }
    #expect(errcode == nil)
  }

  @Test func bytesThatAreNoCharacters() {
    let bytes = Array(#"{"a":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)
    let errcode = Self.refusal { try RequestBody(bytes) }
    #expect(errcode == "M_NOT_JSON")
  }

  @Test(
    arguments: [
      ("{}", nil), ("", nil), (#"{"a":null,"b":1}"#, nil), ("[]", "M_BAD_JSON"),
      (#"{"c":1}"#, "M_INVALID_PARAM"), (#"{"a":null,"a":1}"#, "M_INVALID_PARAM"),
      (#"{"a":1,"\u0061":1}"#, "M_INVALID_PARAM"),
    ] as [(String, String?)])
  func onlyKnownKeys(text: String, errcode: String?) {
    let found = Self.refusal { try RequestBody(Array(text.utf8), only: ["a", "b"], mayBeEmpty: true) }
    #expect(found == errcode)
  }

  /// Random bytes never crash, and what is taken is JSON for others, too.
  @Test func randomBytes() {
    var generator = SeededGenerator(seed: 7)
    let pieces: [[UInt8]] =
      [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "u", "d800", "\\ud83d\\ude00", "1", "-", ".", "e", "true",
        "null", " ", "\"a\"", "é",
      ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0]]
    for _ in 0..<20_000 {
      let middle = (0..<Int.random(in: 0..<12, using: &generator)).flatMap { _ in
        pieces.randomElement(using: &generator)!
      }
      let bytes = Array(#"{"k":"#.utf8) + middle + Array("}".utf8)
      guard (try? RequestBody(bytes)) != nil else { continue }
      let other = try? JSONSerialization.jsonObject(with: Data(bytes))
      #expect(other != nil, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}
