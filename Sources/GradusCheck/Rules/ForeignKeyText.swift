import Foundation

/// A foreign key's definition, taken apart by what may change so that nothing is refused which was not refused before.
struct ForeignKeyText {
  /// When it is looked at: 0 with each statement, 1 whenever a transaction asks for, 2 at its end.
  private let deferral: Int
  /// What becomes of a row whose parent is deleted, or gets another key.
  private let onDelete: String
  private let onUpdate: String
  /// All else.
  private let rest: String

  /// - Parameter definition: as the catalog has it.
  init(_ definition: String) {
    var (text, deferral) = (definition, 0)
    for (degree, words) in [(2, " deferrable initially deferred"), (1, " deferrable")] {
      guard let range = text.range(of: words, options: .caseInsensitive) else { continue }
      deferral = degree
      text.removeSubrange(range)
      break
    }
    let pattern =
      #/\s+on\s+(?<event>delete|update)\s+(?<action>cascade|restrict|no action|set null|set default)(?:\s*\([^)]*\))?/#
      .ignoresCase()
    var actions: [String: String] = [:]
    for match in text.matches(of: pattern) {
      actions[match.event.lowercased()] = match.action.lowercased()
    }
    self.deferral = deferral
    onDelete = actions["delete"] ?? "no action"
    onUpdate = actions["update"] ?? "no action"
    rest = text.replacing(pattern, with: "")
  }

  /// Whether nothing fails by this key that did not fail by another one: no row of its own table, and no DELETE or
  /// UPDATE of the other table.
  ///
  /// - Parameter takesNulls: whether all its columns may be NULL.
  func refusesNoMore(than other: ForeignKeyText, takesNulls: Bool) -> Bool {
    func isNoStricter(_ action: String, _ old: String) -> Bool {
      Self.degree(action) >= Self.degree(old) || action == "set null" && takesNulls
    }
    return rest == other.rest && deferral >= other.deferral && isNoStricter(onDelete, other.onDelete)
      && isNoStricter(onUpdate, other.onUpdate)
  }

  /// How much passes: what is set may be refused in its turn.
  private static func degree(_ action: String) -> Int {
    switch action {
    case "restrict": 0
    case "no action": 1
    case "set null", "set default": 2
    default: 3
    }
  }
}
