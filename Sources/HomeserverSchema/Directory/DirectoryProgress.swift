import GradusJSON
import GradusUpdates

/// How far one of the directory's updates came.
package struct DirectoryProgress: UpdateProgress, Equatable {
  /// How many rooms or users are left; nil before that was counted.
  package var remaining: Int?
  /// Whether anything is stored at all.
  let isBegun: Bool

  init(remaining: Int) {
    self.remaining = remaining
    isBegun = true
  }

  /// Reads a stored progress.
  package init(json: String) throws {
    guard let stored = try JSONScanner.value(json).object else {
      throw HomeserverError(.unreadableProgress, "the progress is not an object")
    }
    isBegun = !stored.members.isEmpty
    switch stored["remaining"] {
    case nil, .null: remaining = nil
    // What batches count down from must be a count.
    case .number(let number) where Int(number.spelling).map { $0.magnitude < 1 << 53 } ?? false:
      remaining = Int(number.spelling)
    default: throw HomeserverError(.unreadableProgress, "'remaining' is no number of rows")
    }
  }

  /// The JSON as the homeserver writes it.
  package var json: String { CompactJSON.object(remaining.map { [("remaining", String($0))] } ?? []) }
}
