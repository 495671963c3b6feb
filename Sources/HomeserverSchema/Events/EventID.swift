import GradusSQL

/// The id of an event, equal to another one only where the databases take both for equal: by its bytes.
///
/// In rooms of versions 1 and 2 the server of the sender chooses ids: two may differ in how a letter is composed alone.
struct EventID: Hashable, Comparable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: EventID, right: EventID) -> Bool { left.text.hasSameBytes(as: right.text) }

  static func < (left: EventID, right: EventID) -> Bool { left.text.precedesByBytes(right.text) }

  func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}
