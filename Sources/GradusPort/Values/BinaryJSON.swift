import GradusJSON

/// A JSON text as `jsonb` has it: numbers are equal if their values are, members of an object have no order, and of those
/// with the same name the last counts.
package struct BinaryJSON: Equatable, Sendable {
  private let value: JSONValue

  /// - Returns: nil where it is none, or one with more levels than are looked at.
  package init?(_ text: String) {
    guard let value = try? JSONScanner.value(text) else { return nil }
    self.value = value
  }

  package static func == (left: BinaryJSON, right: BinaryJSON) -> Bool { areEqual(left.value, right.value) }

  private static func areEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)):
      DecimalText(left.spelling.utf8) == DecimalText(right.spelling.utf8)
    case (.array(let left), .array(let right)):
      left.count == right.count && zip(left, right).allSatisfy { areEqual($0, $1) }
    case (.object(let left), .object(let right)):
      left.members.count == right.members.count
        && zip(left.members, right.members).allSatisfy {
          $0.key == $1.key && areEqual($0.value, $1.value)
        }
    default: left == right
    }
  }
}
