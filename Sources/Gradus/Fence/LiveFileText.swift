import Foundation

/// The line in a `LiveFile`.
struct LiveFileText: Codable {
  var name: String
  var process: Int
  var host: String
  var since: Date?

  static func ofThisProcess() -> LiveFileText {
    let info = ProcessInfo.processInfo
    return LiveFileText(
      name: info.processName, process: Int(info.processIdentifier), host: info.hostName, since: Date())
  }

  static let unknown = LiveFileText(name: "a process", process: 0, host: "this host")
}
