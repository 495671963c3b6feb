import Foundation
import Gradus
import GradusSQL

/// A process that runs a version of the application, in JSON.
struct RunningProcessReport: Encodable {
  var version: Int
  var name: String
  var process: Int
  var host: String
  var since: String?
  /// For people.
  private var text: String

  init(_ holder: VersionHolder) {
    version = holder.version
    name = holder.name
    process = holder.process
    host = holder.host
    since = holder.since?.formatted(.iso8601)
    text = "\(holder)"
  }

  /// The processes that have announced a version.
  ///
  /// - Parameter compat: only versions below this one; nil for all.
  static func read(_ database: PhysicalDatabase, on session: Session, below compat: Int? = nil) async throws
    -> [RunningProcessReport]
  {
    try await LiveVersions.holders(of: database, on: session)
      .filter { holder in compat.map { holder.version < $0 } ?? true }
      .map(RunningProcessReport.init)
  }

  /// A line for each process.
  static func lines(_ processes: [RunningProcessReport], indent: String) -> [String] {
    processes.map { "\(indent)\($0.text)" }
  }

  enum CodingKeys: String, CodingKey { case version, name, process, host, since }
}
