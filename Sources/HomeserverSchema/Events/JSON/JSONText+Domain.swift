import GradusJSON

extension JSONText {
  /// What follows the first colon of a user's id; nil where there is none.
  var domain: JSONText? {
    bytes.firstIndex(of: UInt8(ascii: ":")).map { JSONText(bytes: Array(bytes[($0 + 1)...])) }
  }
}
