import Foundation
package import Gradus
package import GradusSQL

/// A process that runs a version of the application, in JSON.
package struct RunningProcessReport: Encodable, Sendable {
  package var version: Int
  package var name: String
  package var process: Int
  package var host: String
  package var since: String?
  /// For people.
  package var text: String

  package init(_ holder: VersionHolder) {
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
  package static func read(_ database: PhysicalDatabase, on session: Session, below compat: Int? = nil)
    async throws
    -> [RunningProcessReport]
  {
    try await LiveVersions.holders(of: database, on: session)
      .filter { holder in compat.map { holder.version < $0 } ?? true }
      .map(RunningProcessReport.init)
  }

  package enum CodingKeys: String, CodingKey { case version, name, process, host, since }
}
