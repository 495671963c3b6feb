import Foundation

/// How far a backfill came, read strictly: with a damaged `last` passed over, the walk would begin again, and what was
/// written once be written twice.
struct BackfillProgress: UpdateProgress, Codable {
  /// The key of the last row that was looked at.
  var last: [KeyValue]?
  /// How often the whole key has been walked in vain; nil for never.
  var pass: Int?

  private enum CodingKeys: String, CodingKey, CaseIterable { case last, pass }

  /// Why it cannot be read.
  enum Damage: Error, CustomStringConvertible {
    case unknownKey(String)
    case pass(Int)

    var description: String {
      switch self {
      case .unknownKey(let key): "the key '\(key)' is unknown"
      case .pass(let number): "'pass' is \(number)"
      }
    }
  }

  init(last: [KeyValue]? = nil, pass: Int? = nil) {
    self.last = last
    self.pass = pass
  }

  init(json: String) throws {
    let data = Data(json.utf8)
    let keys = try JSONDecoder().decode([String: AnyValue].self, from: data).keys.sorted()
    for key in keys where CodingKeys(rawValue: key) == nil { throw Damage.unknownKey(key) }
    self = try JSONDecoder().decode(Self.self, from: data)
    if let pass, !(0...BackfillWork.maxPasses).contains(pass) { throw Damage.pass(pass) }
  }

  private struct AnyValue: Decodable { init(from decoder: any Decoder) {} }
}
