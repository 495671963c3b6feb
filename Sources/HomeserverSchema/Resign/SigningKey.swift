internal import Crypto
import Foundation

/// The key that a server signs with. What it consists of appears in no description.
public struct SigningKey: Sendable {
  /// Its name in signatures: `ed25519:` and a version.
  public let id: String
  private let key: Curve25519.Signing.PrivateKey

  /// Reads a homeserver's key file: a key a line, its algorithm (`ed25519`), version and seed (unpadded base64) separated
  /// by spaces. The first is the key to sign with.
  ///
  /// - Parameter file: the file's text.
  /// - Throws: `HomeserverError` with the line where the file is not of this form.
  public init(file: String) throws {
    var keys: [SigningKey] = []
    for (index, line) in file.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard !words.isEmpty else { continue }
      guard words.count == 3, words[0] == "ed25519", let seed = UnpaddedBase64.decode(words[2]),
        let key = SigningKey(version: String(words[1]), seed: seed)
      else {
        throw HomeserverError(
          .unusableKey,
          "line \(index + 1) of the signing key file is not 'ed25519 <version> <seed of 32 bytes in unpadded base64>'"
        )
      }
      keys.append(key)
    }
    guard let first = keys.first else {
      throw HomeserverError(.unusableKey, "the signing key file holds no key")
    }
    self = first
  }

  /// - Parameters:
  ///   - version: what follows `ed25519:` in its id.
  ///   - seed: 32 bytes.
  /// - Returns: nil where the seed is of another length.
  init?(version: String, seed: Data) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
    id = "ed25519:" + version
    self.key = key
  }

  /// The signature in unpadded base64.
  func sign(_ bytes: [UInt8]) throws -> String { UnpaddedBase64.encode(try key.signature(for: bytes)) }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The key's name.
  public var description: String { id }
  /// The key's name.
  public var debugDescription: String { id }
  /// The key's name alone.
  public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
