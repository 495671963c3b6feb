import GradusJSON
import GradusSQL

@testable import HomeserverSchema

/// The server `local` with signed events in a room, and the update that signs them anew.
struct SignedWorld {
  let world: World
  var connection: Connection { world.connection }
  let identity: ServerIdentity

  init(_ world: World, serverName: String = "local") throws {
    self.world = world
    identity = ServerIdentity(serverName: serverName, signingKey: try Keys.second)
    try world.room("!r:local", version: "11")
  }

  /// The progress that asks for events signed with the old key.
  static let ofOldKey = #"{"old_key": "\#(Keys.firstPublicText)", "before_ts": null}"#

  /// JSON of an event.
  ///
  /// - Parameters:
  ///   - members: without braces, after type and sender.
  ///   - signers: who signs it, by server.
  static func json(
    _ type: String = "m.room.message", by sender: String = World.bob,
    _ members: String = #""content":{"body":"x"}"#,
    roomVersion: String = "11", signedBy signers: [String: SigningKey]
  ) throws -> String {
    let text = #"{"type":"\#(type)","sender":"\#(sender)",\#(members)}"#
    guard !signers.isEmpty, let document = EventDocument(text),
      let rules = RedactionRules(roomVersion: roomVersion)
    else { return text }
    var signatures = JSONObject()
    for (server, key) in signers {
      let signature = JSONValue.string(JSONText(try key.sign(try document.signedBytes(rules))))
      signatures[JSONText(server)] = .object(JSONObject([.init(key: JSONText(key.id), value: signature)]))
    }
    return document.text(signatures: signatures)
  }

  /// Stores an event, signed with the old key by `local` unless told otherwise.
  @discardableResult
  func event(
    _ type: String = "m.room.message", by sender: String = World.bob,
    _ members: String = #""content":{"body":"x"}"#, signedBy signers: [String: SigningKey]? = nil,
    json: String? = nil, received: Int64? = 1000, stored: World.Storage = World.Storage(format: 3)
  ) throws -> String {
    var storage = stored
    let signers = try signers ?? ["local": Keys.first]
    storage.json = try json ?? Self.json(type, by: sender, members, signedBy: signers)
    let id = try world.event(type, in: "!r:local", by: sender, storage)
    try connection.execute(
      "UPDATE events SET received_ts = $2 WHERE event_id = $1", [.text(id), SQLValue(received)])
    return id
  }

  func json(of event: String) throws -> String {
    try connection.queryRow("SELECT json FROM event_json WHERE event_id = $1", [.text(event)])?.text(0) ?? ""
  }

  /// The keys with which a server has signed, an event of version 11; those whose signatures are wrong in parentheses.
  func signers(of event: String, _ server: JSONText = "local", roomVersion: String = "11") throws -> [String]
  {
    guard let document = EventDocument(try json(of: event)),
      let rules = RedactionRules(roomVersion: roomVersion)
    else { return ["unparsable"] }
    let keys = [try Keys.firstPublic, try Keys.secondPublic]
    return try (document.signatures[server]?.object ?? JSONObject()).members.map { member in
      let id = member.key.string ?? ""
      let signature = member.value.string?.string ?? ""
      let bytes = try document.signedBytes(rules)
      let isRight = keys.contains { $0.id == id && $0.verifies(signature, of: bytes) }
      return isRight ? id : "(\(id))"
    }
  }

  @discardableResult
  func resign(_ progress: String = ofOldKey, size: Int = 100) throws -> UpdateLoop.Outcome {
    try UpdateLoop.run(EventResignUpdate(identity: identity), from: progress, size: size, on: connection)
  }

  static func with(
    _ engine: Engine, serverName: String = "local", _ body: @Sendable (SignedWorld) throws -> Void
  ) async throws {
    try await World.with(engine) { try body(SignedWorld($0, serverName: serverName)) }
  }
}
