/// A value of JSON from which nothing is lost but the spaces, the escapes and what duplicate keys hide.
package enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case number(JSONNumber)
  case string(JSONText)
  case array([JSONValue])
  case object(JSONObject)

  /// The string, or nil where the value is of another type.
  package var string: JSONText? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The object, or nil where the value is of another type.
  package var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }
}
