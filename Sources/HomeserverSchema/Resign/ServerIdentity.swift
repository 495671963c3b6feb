import Foundation

/// Who a server is to others: its name, and the key that it signs with.
public struct ServerIdentity: Sendable {
  /// The part of its users' ids behind the colon.
  public let serverName: String
  /// The key that it signs with now.
  public let signingKey: SigningKey

  /// - Parameters:
  ///   - serverName: the part of its users' ids behind the colon.
  ///   - signingKey: the key that it signs with now.
  public init(serverName: String, signingKey: SigningKey) {
    self.serverName = serverName
    self.signingKey = signingKey
  }

  /// Takes them from `HOMESERVER_SERVER_NAME` and the file that `HOMESERVER_SIGNING_KEY_FILE` names.
  ///
  /// - Parameter environment: the process's variables.
  /// - Throws: `HomeserverError`, which says what to configure.
  public init(environment: [String: String]) throws {
    func variable(_ name: String, _ meaning: String) throws -> String {
      guard let value = environment[name], !value.isEmpty else {
        throw HomeserverError(.notConfigured, "events cannot be signed: set \(name) to \(meaning)")
      }
      return value
    }
    let serverName = try variable("HOMESERVER_SERVER_NAME", "the server's name, as in its users' ids")
    let path = try variable("HOMESERVER_SIGNING_KEY_FILE", "the path of its signing key file")
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw HomeserverError(
        .notConfigured, "HOMESERVER_SIGNING_KEY_FILE: '\(path)' cannot be read: \(error.localizedDescription)"
      )
    }
    self.init(serverName: serverName, signingKey: try SigningKey(file: text))
  }
}
