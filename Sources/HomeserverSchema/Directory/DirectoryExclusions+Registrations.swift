import Foundation
import Gradus

extension DirectoryExclusions {
  /// Reads what matters here of the registration files of application services: `sender_localpart`, and of
  /// `namespaces.users` the `regex` of those that are `exclusive`.
  ///
  /// - Parameters:
  ///   - registrations: the paths of YAML files.
  ///   - serverName: the part of the senders' ids behind the colon.
  /// - Throws: `HomeserverError` or `GradusError`, which names the file.
  public init(registrations: [String], serverName: String) throws {
    var senders: [String] = []
    var patterns: [String] = []
    for path in registrations {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw HomeserverError(.notConfigured, "HOMESERVER_APPSERVICES: '\(path)' cannot be read")
      }
      let file = try YAMLReader(file: path).parse(text)
      senders.append("@\(try file.text("sender_localpart")):\(serverName)")
      for namespace in try file.mappingIfPresent("namespaces")?.mappings("users") ?? []
      where try namespace.booleanIfPresent("exclusive") == true {
        patterns.append(try namespace.text("regex"))
      }
    }
    try self.init(senders: senders, patterns: patterns)
  }
}
