import Foundation
import GradusJSON
import GradusTestSupport
import Testing

@testable import HomeserverSchema

/// The reader of events' JSON beside Foundation's, and by itself where it reads some members only.
@Suite struct JSONFuzzTests {
  private static let words = [
    "{}", "[]", "null", "true", "false", "nul", "-0", "-", "01", "1.", ".5", "1e5", "1E+2", "1e", "1.5",
    "9007199254740993",
    "123456789012345", "1234567890123456", "\"\"", #"\""#, #"\u0041"#, #"\u00e9"#, #"\ud83e\udd80"#, #"\x"#,
    #"\u12"#,
    #"\n"#, "{\"a\":1}", "[1,2]", ",", ":", "\"a\":", "[[[[", "\u{FEFF}", "//", "'",
  ]

  /// A value by JSON's grammar, sometimes of odd parts.
  private static func value(_ depth: Int, _ generator: inout SeededGenerator) -> String {
    func space(_ generator: inout SeededGenerator) -> String {
      ["", "", "", " ", "\n", "\t\r\n "].randomElement(using: &generator) ?? ""
    }
    func text(_ generator: inout SeededGenerator) -> String {
      let parts = [
        "a", "room_id", "content", "é", "🦀", #"\""#, #"\\"#, #"\/"#, #"\u0000"#, #"\u00e9"#, #"\ud83e\udd80"#,
        "$", "e\u{301}",
      ]
      return "\""
        + (0..<Int.random(in: 0...4, using: &generator)).map { _ in
          parts.randomElement(using: &generator) ?? ""
        }
        .joined() + "\""
    }
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
    case 0: return ["null", "true", "false"].randomElement(using: &generator) ?? ""
    case 1, 2: return text(&generator)
    case 3: return String(Int.random(in: -1_000_000...1_000_000, using: &generator))
    case 4: return String(Int64.random(in: .min ... .max, using: &generator))
    case 5:
      return ["0", "1.5", "-2.25e3", "1E-2", "0.1", "1e22", "5e-324", "123456789012345678901234567890"]
        .randomElement(
          using: &generator) ?? ""
    case 6:
      let elements = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        space(&generator) + value(depth - 1, &generator) + space(&generator)
      }
      return "[" + elements.joined(separator: ",") + "]"
    default:
      let members = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        space(&generator) + text(&generator) + space(&generator) + ":" + space(&generator)
          + value(depth - 1, &generator)
      }
      return "{" + members.joined(separator: ",") + space(&generator) + "}"
    }
  }

  private static let wanted: [JSONText] = ["a", "content", "é"]

  private static func foundation(_ text: String) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  }

  /// Whether Foundation and the scanner say the same of a value; numbers as doubles.
  private static func isSame(_ value: JSONValue, _ other: Any) -> Bool {
    switch value {
    case .null: return other is NSNull
    case .boolean(let truth):
      return (other as? NSNumber).map { isTruth($0) && $0.boolValue == truth } ?? false
    case .number(let number):
      guard let found = other as? NSNumber, !isTruth(found) else { return false }
      // Foundation's long whole numbers are decimals, whose doubles are a little off.
      guard let double = Double(number.spelling) else { return false }
      return abs(double - found.doubleValue) <= abs(double) * 1e-15
    case .string(let text):
      return (other as? String).map { Array($0.utf8) == Array((text.string ?? "").utf8) } ?? false
    case .array(let values):
      guard let others = other as? [Any], others.count == values.count else { return false }
      return zip(values, others).allSatisfy { isSame($0, $1) }
    case .object(let object):
      guard let others = other as? [String: Any], others.count == object.members.count else { return false }
      return object.members.allSatisfy { member in
        others[member.key.string ?? ""].map { isSame(member.value, $0) } ?? false
      }
    }
  }

  private static func isTruth(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

  /// What one of them reads by design and the other not: lone surrogates, keys that Unicode calls equal, numbers beyond
  /// any double, depth, a mark of byte order, a comma behind the last value, and U+0000, which Foundation takes for half
  /// of a character in UTF-16.
  private static func isOutsideBoth(_ text: String) -> Bool {
    let marks = text.utf8.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let hasLastComma = zip(marks, marks.dropFirst()).contains {
      $0 == UInt8(ascii: ",") && [UInt8(ascii: "]"), UInt8(ascii: "}")].contains($1)
    }
    return hasLastComma || marks.contains(0) || text.lowercased().contains("\\ud")
      || text.unicodeScalars.contains { $0 == "\u{301}" || $0 == "\u{FEFF}" }
      || text.contains("\\u0301")
  }

  private static func isBeyondDoubles(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): Double(number.spelling).map { !$0.isFinite } ?? true
    case .array(let values): values.contains(where: isBeyondDoubles)
    case .object(let object): object.members.contains { isBeyondDoubles($0.value) }
    default: false
    }
  }

  @Test func scannerReadsAsFoundationDoes() async {
    let mutation = Mutation(words: Self.words)
    await Fuzzing("json", runs: 3_000).run(
      make: { generator in
        let text = Self.value(4, &generator)
        return Int.random(in: 0..<3, using: &generator) == 0 ? text : mutation.apply(to: text, &generator)
      },
      judge: { text in
        let scanned = try? JSONScanner.value(text)
        let found = Self.foundation(text)
        let some = try? JSONScanner.object(text, keeping: Self.wanted)
        guard some == scanned?.object?.keeping(Set(Self.wanted)) else {
          return "of some members \(String(describing: some)), of all \(String(describing: scanned))"
        }
        if let scanned { try Self.checkCanonical(scanned) }
        if Self.isOutsideBoth(text) || scanned.map(Self.isBeyondDoubles) ?? false { return nil }
        switch (scanned, found) {
        case (nil, nil): return nil
        case (let scanned?, let found?):
          return Self.isSame(scanned, found) ? nil : "the scanner reads \(scanned), Foundation \(found)"
        case (nil, _?): return "only Foundation reads it"
        case (_?, nil): return "only the scanner reads it"
        }
      })
  }

  /// The canonical form of an object is read as the same object, and has itself as its canonical form.
  private static func checkCanonical(_ value: JSONValue) throws {
    guard let object = value.object, let bytes = try? CanonicalJSON.encode(object) else { return }
    guard let again = try JSONScanner.value(String(decoding: bytes, as: UTF8.self)).object else {
      throw FuzzFailure("the canonical form is no object")
    }
    guard try CanonicalJSON.encode(again) == bytes else {
      throw FuzzFailure("the canonical form has another")
    }
    guard again.members.map(\.key) == object.members.map(\.key) else {
      throw FuzzFailure("the canonical form has other keys")
    }
  }
}
