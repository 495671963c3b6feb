/// A JSON value as it was sent, with what Swift's decoders would lose: the order of keys, duplicates, and whether a
/// number is whole.
package indirect enum JSONValue: Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// A number with a fraction or an exponent, or a whole one of more than 64 bits.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])
}
