import Foundation

/// A background update's progress as JSON text.
///
/// Any `Codable` type is one: its keys are then sorted, and what JSON has no number for is text, such as `"Infinity"`. A
/// type whose stored form other programs read in a fixed key order writes `json` itself.
public protocol UpdateProgress: Sendable {
  /// Reads a stored progress; `{}` is that of an update that has not begun.
  init(json: String) throws
  /// The compact JSON object to store.
  var json: String { get }
}

extension UpdateProgress where Self: Codable {
  /// Decodes the stored JSON object.
  public init(json: String) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: Self.infinity, negativeInfinity: "-\(Self.infinity)", nan: Self.noNumber)
    self = try decoder.decode(Self.self, from: Data(json.utf8))
  }

  /// The JSON object, compact, its keys sorted.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A walk along a column of numbers may come to what JSON has no number for.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: Self.infinity, negativeInfinity: "-\(Self.infinity)", nan: Self.noNumber)
    // A plain Codable type encodes; one that does not is a programmer's mistake, found by the first batch.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }

  /// As PostgreSQL writes them.
  private static var infinity: String { "Infinity" }
  private static var noNumber: String { "NaN" }
}

/// The progress of an update that needs none: `{}`.
public struct NoProgress: UpdateProgress, Codable, Equatable {
  /// The only value.
  public init() {}
}
