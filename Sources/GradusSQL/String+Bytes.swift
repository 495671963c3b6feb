import Foundation

/// Texts as the databases compare them. To Swift, texts that differ may be the same, as é and e with an accent behind it.
extension String {
  /// Whether another text has the same bytes.
  package func hasSameBytes(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    let isSame = utf8.withContiguousStorageIfAvailable { mine in
      other.utf8.withContiguousStorageIfAvailable { theirs in
        mine.isEmpty || memcmp(mine.baseAddress!, theirs.baseAddress!, mine.count) == 0
      }
    }
    // Nearly every text lies in one piece.
    return isSame.flatMap { $0 } ?? utf8.elementsEqual(other.utf8)
  }
}

extension String? {
  /// Whether another text has the same bytes, or neither is there.
  package func hasSameBytes(as other: String?) -> Bool {
    switch (self, other) {
    case (let one?, let other?): one.hasSameBytes(as: other)
    case (nil, nil): true
    default: false
    }
  }
}
