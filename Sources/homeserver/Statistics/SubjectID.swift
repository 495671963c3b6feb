import ArgumentParser

/// The id of what has statistics, as an operator types it.
enum SubjectID {
  static func check(_ id: String) throws {
    guard ["@", "!"].contains(id.prefix(1)), !id.unicodeScalars.contains("\0") else {
      throw ValidationError("'\(id)' is neither a room (!...) nor a user (@...)")
    }
  }
}
