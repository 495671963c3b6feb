// Values of JSON, spelt as values of Swift.

extension JSONValue {
  /// A string.
  package init(_ string: String) { self = .string(JSONText(string)) }

  /// A whole number.
  package init(_ integer: Int64) { self = .number(JSONNumber(spelling: String(integer))) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// A string.
  package init(stringLiteral value: String) { self.init(value) }
  /// A whole number.
  package init(integerLiteral value: Int64) { self.init(value) }
  /// An array.
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object; of two equal keys the last counts.
  package init(dictionaryLiteral elements: (JSONText, JSONValue)...) {
    self = .object(JSONObject(elements.map { .init(key: $0, value: $1) }))
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// Of two equal keys the last counts.
  package init(dictionaryLiteral elements: (JSONText, JSONValue)...) {
    self.init(elements.map { .init(key: $0, value: $1) })
  }
}
