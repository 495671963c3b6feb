import Foundation

/// A JSON value of an event: what content, `unsigned` and stripped state are made of.
///
/// Contents on the federation may hold any type under any key, so nothing more specific would do.
package indirect enum MatrixJSON: Sendable, Hashable {
  /// `null`.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A whole number.
  case integer(Int64)
  /// A number with a fraction.
  case double(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([MatrixJSON])
  /// An object.
  case object([String: MatrixJSON])

  /// The value under a key; nil where there is none or this is no object.
  package subscript(_ key: String) -> MatrixJSON? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The string, or nil where the value is of another type.
  package var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// The text as a homeserver stores it: no spaces, everything beyond ASCII escaped, keys sorted so that equal values
  /// have equal texts.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .boolean(let boolean): text += boolean ? "true" : "false"
    case .integer(let integer): text += String(integer)
    case .double(let double): text += String(double)
    case .string(let string): text += CompactJSON.string(string)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, key) in members.keys.sorted().enumerated() {
        if index > 0 { text += "," }
        text += CompactJSON.string(key)
        text += ":"
        members[key]?.write(to: &text)
      }
      text += "}"
    }
  }
}

extension MatrixJSON: Decodable {
  /// Reads any JSON value.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let string = try? container.decode(String.self) {
      self = .string(string)
    } else if let members = try? container.decode([String: MatrixJSON].self) {
      self = .object(members)
    } else if let boolean = try? container.decode(Bool.self) {
      self = .boolean(boolean)
    } else if let integer = try? container.decode(Int64.self) {
      self = .integer(integer)
    } else if let double = try? container.decode(Double.self) {
      self = .double(double)
    } else {
      self = .array(try container.decode([MatrixJSON].self))
    }
  }

  /// - Parameter text: JSON.
  /// - Returns: nil where the text is no JSON.
  package init?(parsing text: String) {
    guard let value = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
    self = value
  }
}

extension MatrixJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  package init(stringLiteral value: String) { self = .string(value) }
  /// A whole number.
  package init(integerLiteral value: Int64) { self = .integer(value) }
  /// `true` or `false`.
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// `null`.
  package init(nilLiteral: ()) { self = .null }
  /// An array.
  package init(arrayLiteral elements: MatrixJSON...) { self = .array(elements) }
  /// An object; of two equal keys the last counts.
  package init(dictionaryLiteral elements: (String, MatrixJSON)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}
