/// In which format the events of a room version are stored.
enum EventFormat {
  static let of: [String: Int64] = {
    var formats: [String: Int64] = ["1": 1, "2": 1, "3": 2, "12": 4, "org.matrix.hydra.11": 4]
    for version in 4...11 { formats[String(version)] = 3 }
    for version in ["msc1767.10", "msc3757.10", "msc3757.11"] { formats["org.matrix.\(version)"] = 3 }
    return formats
  }()
}
