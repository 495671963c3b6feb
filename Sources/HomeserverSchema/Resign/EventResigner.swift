import GradusJSON

/// Decides of each event whether it is signed anew, and signs it.
struct EventResigner: Sendable {
  /// Only events that this key has signed are signed anew; nil for all.
  private let oldKey: VerifyKey?
  private let key: SigningKey
  private let keyID: JSONText
  private let server: JSONText

  init(identity: ServerIdentity, oldKey: VerifyKey?) {
    self.oldKey = oldKey
    key = identity.signingKey
    keyID = JSONText(key.id)
    server = JSONText(identity.serverName)
  }

  enum Decision: Equatable, Sendable {
    /// The event's JSON with the new signature.
    case signed(String)
    /// Not this server's, signed with the current key already, or never signed with the old one.
    case leave
    case skip(SkipReason)
  }

  func decide(_ document: EventDocument, _ rules: RedactionRules) throws -> Decision {
    guard document.sender.domain == server else { return .leave }
    let own = document.signatures[server]?.object ?? JSONObject()
    // Whether it is right is not looked at: an event is signed with a key once.
    guard own[keyID] == nil else { return .leave }
    var oldSignature: String?
    if let oldKey {
      guard let signature = own[JSONText(oldKey.id)] else { return .leave }
      oldSignature = signature.string?.string ?? ""
    }
    let bytes: [UInt8]
    do throws(CanonicalJSON.Refusal) {
      bytes = try document.signedBytes(rules)
    } catch {
      return .skip(.unsignable)
    }
    if let oldKey, let oldSignature, !oldKey.verifies(oldSignature, of: bytes) {
      return .skip(.oldSignatureWrong)
    }
    var signatures = document.signatures
    let signature = JSONValue.string(JSONText(try key.sign(bytes)))
    signatures[server] = .object(JSONObject([.init(key: keyID, value: signature)]))
    return .signed(document.text(signatures: signatures))
  }
}
