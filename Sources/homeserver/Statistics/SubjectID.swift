import ArgumentParser
import HomeserverSchema

/// The id of what has statistics, as an operator types it.
enum SubjectID {
  static func check(_ id: String) throws {
    let scalars = id.unicodeScalars
    guard StatisticsSheet.isOfUser(id) || scalars.first == "!", !scalars.contains("\0") else {
      throw ValidationError("'\(id)' is neither a room (!...) nor a user (@...)")
    }
  }
}
