import GradusUpdates

/// What bodies must be.
enum RequestBody {
  typealias Entries = [(key: String, value: JSONValue)]

  /// The largest body, in bytes.
  static let limit = 65_536

  /// A body that must be a JSON object.
  ///
  /// - Throws: `AdminFailure`.
  static func object(_ body: [UInt8]) throws -> Entries {
    let value: JSONValue
    do { value = try JSONParser.parse(body) } catch { throw AdminFailure.notJSON }
    guard case .object(let entries) = value else { throw AdminFailure.noObject }
    return entries
  }

  /// A body that may have these keys only, each once; nothing at all counts as `{}` where that is allowed.
  ///
  /// - Throws: `AdminFailure`.
  static func strictObject(_ body: [UInt8], keys: Set<String>, mayBeEmpty: Bool) throws -> [String: JSONValue]
  {
    if body.isEmpty, mayBeEmpty { return [:] }
    var values: [String: JSONValue] = [:]
    for (key, value) in try object(body) {
      guard keys.contains(key) else { throw AdminFailure.invalid("there is a key that is not known here") }
      guard values[key] == nil else { throw AdminFailure.invalid("'\(key)' appears twice") }
      values[key] = value
    }
    return values
  }
}

extension RequestBody.Entries {
  /// The value of a key; of one that appears twice the last, as in Python.
  func last(_ key: String) -> JSONValue? { last { $0.key == key }?.value }
}
