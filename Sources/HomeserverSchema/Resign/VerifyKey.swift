import Crypto

/// A key that verifies signatures.
struct VerifyKey: Sendable {
  /// Its name in signatures.
  let id: String
  private let key: Curve25519.Signing.PublicKey

  init(id: String, key: Curve25519.Signing.PublicKey) {
    self.id = id
    self.key = key
  }

  /// Reads a key as the admin API takes it: its name, a space, and the key in unpadded base64.
  ///
  /// - Throws: `HomeserverError`; without the text, which may be a secret that was pasted by mistake.
  init(parsing text: String) throws {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].hasPrefix("ed25519:"), let bytes = UnpaddedBase64.decode(parts[1]),
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
    else {
      throw HomeserverError(
        .unusableKey,
        "old_key is not 'ed25519:<version> <public key of 32 bytes in unpadded base64>': take the update off the queue (DELETE FROM background_updates WHERE update_name = 'event_resign'), and start event_resign with one that is"
      )
    }
    self.init(id: String(parts[0]), key: key)
  }

  /// Whether a signature is this key's.
  ///
  /// - Parameter signature: in unpadded base64.
  func verifies(_ signature: String, of bytes: [UInt8]) -> Bool {
    UnpaddedBase64.decode(signature).map { key.isValidSignature($0, for: bytes) } ?? false
  }
}
