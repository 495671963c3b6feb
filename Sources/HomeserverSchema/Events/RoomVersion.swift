/// What this server knows of room versions: the format in which their events are stored.
enum RoomVersion {
  /// The `event_json.format_version` of a version's events.
  ///
  /// - Returns: nil where the version is unknown.
  static func eventFormat(of version: String) -> Int64? {
    switch version {
    case "1", "2": 1
    case "3": 2
    case "4", "5", "6", "7", "8", "9", "10", "11": 3
    case "org.matrix.msc1767.10", "org.matrix.msc3757.10", "org.matrix.msc3757.11": 3
    case "12", "org.matrix.hydra.11": 4
    default: nil
    }
  }

  /// The version that is assumed of a member event before its room's version is known.
  ///
  /// - Returns: nil where no version is assumed for the format.
  static func assumed(ofFormat format: Int64) -> String? {
    switch format {
    case 1: "1"
    case 2: "3"
    case 3: "5"
    default: nil
    }
  }
}
