import GradusJSON

/// A request's body, which must be an object of JSON.
struct RequestBody {
  /// The largest body, in bytes.
  static let limit = 65_536
  /// How many levels of values a body may have: each takes some of the stack, and anybody may send one.
  private static let maxDepth = 64

  private let object: JSONObject
  /// The keys in the order of the text; one that appears twice is there twice.
  private let keys: [JSONText]

  /// Any object.
  ///
  /// - Throws: `AdminFailure`.
  init(_ bytes: [UInt8]) throws {
    // What is no character is refused, not mended, in bytes as in escapes.
    guard String(validating: bytes, as: UTF8.self) != nil else { throw AdminFailure.notJSON }
    var scanner = JSONScanner(bytes, maxDepth: Self.maxDepth)
    let value: JSONValue
    do { value = try scanner.document() } catch { throw AdminFailure.notJSON }
    guard !scanner.hasLoneSurrogates else { throw AdminFailure.notJSON }
    guard let object = value.object else { throw AdminFailure.noObject }
    self.object = object
    keys = scanner.outermost.map(\.key)
  }

  /// An object that may have these keys only, each once; nothing at all counts as `{}` where that is allowed.
  ///
  /// - Throws: `AdminFailure`.
  init(_ bytes: [UInt8], only known: Set<String>, mayBeEmpty: Bool) throws {
    self = try RequestBody(bytes.isEmpty && mayBeEmpty ? Array("{}".utf8) : bytes)
    let known = Set(known.map { JSONText($0) })
    var seen: Set<JSONText> = []
    for key in keys {
      guard known.contains(key) else { throw AdminFailure.invalid("there is a key that is not known here") }
      guard seen.insert(key).inserted else {
        throw AdminFailure.invalid("'\(key.string ?? "")' appears twice")
      }
    }
  }

  /// The value of a key; of one that appears twice the last, as in Python.
  subscript(_ key: String) -> JSONValue? { object[JSONText(key)] }
}
