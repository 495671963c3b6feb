import Foundation

/// What the user directory needs to know of the server.
public struct DirectorySettings: Sendable {
  /// The part of its users' ids behind the colon.
  public let serverName: String
  /// Users of application services that are not to be found.
  public let exclusions: DirectoryExclusions

  /// - Parameters:
  ///   - serverName: the part of its users' ids behind the colon.
  ///   - exclusions: users of application services that are not to be found.
  public init(serverName: String, exclusions: DirectoryExclusions = DirectoryExclusions()) {
    self.serverName = serverName
    self.exclusions = exclusions
  }

  /// Takes them from `HOMESERVER_SERVER_NAME` and the registration files that `HOMESERVER_APPSERVICES` lists, separated by
  /// colons.
  ///
  /// - Parameter environment: the process's variables.
  /// - Throws: `HomeserverError`, which says what to configure.
  public init(environment: [String: String]) throws {
    guard let serverName = environment["HOMESERVER_SERVER_NAME"], !serverName.isEmpty else {
      throw HomeserverError(
        .notConfigured,
        "who is a local user is not known: set HOMESERVER_SERVER_NAME to the server's name, as in its users' ids"
      )
    }
    let files = (environment["HOMESERVER_APPSERVICES"] ?? "").split(separator: ":").map(String.init)
    self.init(
      serverName: serverName,
      exclusions: try DirectoryExclusions(registrations: files, serverName: serverName))
  }
}
