import Foundation
import GradusJSON
import Testing

@testable import HomeserverSchema

/// Writing JSON without loss.
@Suite struct JSONWriterTests {
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

  @Test func spacesAreLeftOut() throws {
    #expect(try compact(" { \"a\" :\t[ 1 ,\r\n2 ] } ") == #"{"a":[1,2]}"#)
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
