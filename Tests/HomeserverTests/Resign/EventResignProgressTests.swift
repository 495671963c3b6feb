import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

@testable import HomeserverSchema

/// Where the update goes, and the progress that it stores.
@Suite struct EventResignProgressTests {
  @Test(arguments: TestDatabase.availableEngines)
  func storedFormOfEachMoment(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      for position in [-2_147_483_648, -5, 7, 3_000_000_000] as [Int64] {
        try world.event(stored: .init(position: position, format: 3))
      }
      let key = Keys.firstPublicText
      let outcome = try world.resign(#"{"old_key": "\#(key)", "before_ts": 2000}"#, size: 1)
      #expect(
        outcome.progress == [
          #"{"old_key": "\#(key)", "before_ts": 2000}"#,
          #"{"last_stream_pos":-5,"old_key":"\#(key)","before_ts":2000}"#,
          #"{"last_stream_pos":7,"old_key":"\#(key)","before_ts":2000}"#,
          #"{"last_stream_pos":3000000000,"old_key":"\#(key)","before_ts":2000}"#,
        ])
      #expect(outcome.written == 3)
      #expect(outcome.scanned == 3)
      let none = try world.resign(#"{"old_key": null, "before_ts": null}"#, size: 2)
      #expect(
        none.progress.dropFirst() == [#"{"last_stream_pos":7,"old_key":null,"before_ts":null}"#])
      #expect(try world.resign(#"{"last_stream_pos":7}"#, size: 1).scanned == 1)
    }
  }

  @Test(arguments: [
    "{}", #"{"last_stream_pos":null}"#, #"{"before_ts":true,"old_key":"\u00e9\u0000"}"#,
    #"{"before_ts":-123456789012345678901234567890}"#, #"{"other":1}"#,
  ])
  func formsThatAreRead(_ text: String) throws {
    let progress = try EventResignProgress(json: text)
    #expect(try EventResignProgress(json: progress.json) == progress)
  }

  @Test func valuesAreKept() throws {
    let truth = try EventResignProgress(
      json: #"{"before_ts":true,"old_key":"\u00e9\u0000","last_stream_pos":-1}"#)
    #expect(truth.json == #"{"last_stream_pos":-1,"old_key":"\u00e9\u0000","before_ts":true}"#)
    #expect(truth.receivedBefore == 1)
    #expect(try EventResignProgress(json: #"{"before_ts":false}"#).receivedBefore == 0)
    let huge = try EventResignProgress(json: #"{"before_ts":123456789012345678901234567890}"#)
    #expect(huge.json.hasSuffix(#""before_ts":123456789012345678901234567890}"#))
    #expect(huge.receivedBefore == .max)
    #expect(try EventResignProgress(json: #"{"before_ts":-99999999999999999999}"#).receivedBefore == .min)
  }

  @Test(arguments: [
    "", "[]", "null", #"{"before_ts":1.5}"#, #"{"before_ts":"1"}"#, #"{"old_key":5}"#,
    #"{"last_stream_pos":"1"}"#,
    #"{"last_stream_pos":1e3}"#, #"{"last_stream_pos":99999999999999999999}"#, #"{"old_key":"\ud800"}"#,
  ])
  func formsThatAreNot(_ text: String) {
    #expect(throws: (any Error).self) { () throws in _ = try EventResignProgress(json: text) }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func eventsReceivedLaterAreLeftAlone(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      let early = try world.event(received: 1999, stored: .init(position: -7, format: 3))
      let late = try world.event(received: 2000)
      let unknown = try world.event(received: nil)
      func signed() throws -> [Bool] {
        try [early, late, unknown].map { try world.json(of: $0).contains("a_new") }
      }
      for (time, written) in [("true", 0), ("-99999999999999999999", 0), ("2000", 1)] {
        let outcome = try world.resign(#"{"old_key": null, "before_ts": \#(time)}"#)
        #expect(outcome.written == written)
        #expect(outcome.scanned == 3)
      }
      #expect(try signed() == [true, false, false])
      try world.resign(#"{"before_ts":99999999999999999999}"#)
      #expect(try signed() == [true, true, false])
      try world.resign(#"{"before_ts":null}"#)
      #expect(try signed() == [true, true, true])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func pagesAreBounded(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      for _ in 0..<9 { try world.event(by: World.remote) }
      let event = try world.event()
      let outcome = try world.resign(size: 4)
      #expect(outcome.progress.count == 3)
      #expect(outcome.scanned == 10)
      #expect(outcome.written == 1)
      #expect(try world.signers(of: event) == ["ed25519:a_new"])
      let update = EventResignUpdate(identity: world.identity)
      #expect(try update.estimateRemaining(.init(json: "{}"), on: world.connection) == 10)
      #expect(
        try update.estimateRemaining(.init(json: #"{"last_stream_pos":108}"#), on: world.connection) == 1)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func manyAtOnce(_ engine: Engine) async throws {
    try await SignedWorld.with(engine) { world in
      try world.connection.transaction { _ in for _ in 0..<1200 { try world.event() } }
      #expect(try world.resign(size: 5000).written == 1200)
      let left = try world.connection.queryRow(
        "SELECT COUNT(*) FROM event_json WHERE json NOT LIKE '%a_new%'")
      #expect(left?[0] == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatIsNotConfiguredParksTheUpdate(_ engine: Engine) async throws {
    let unusable = #"{"old_key": "ed25519:1 sesame", "before_ts": null}"#
    let identity = ServerIdentity(serverName: "local", signingKey: try Keys.second)
    try await expect("old_key is not", engine, unusable, .success(identity))
    try await expect(
      "HOMESERVER_SERVER_NAME", engine, "{}", Result { try ServerIdentity(environment: [:]) })
  }

  private func expect(
    _ words: String, _ engine: Engine, _ progress: String, _ identity: Result<ServerIdentity, any Error>
  ) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      let session = try await place.open()
      try await session.run { connection in
        let world = try SignedWorld(World(connection))
        try world.event()
        try connection.execute("DELETE FROM background_updates")
        try connection.execute(
          "INSERT INTO background_updates (update_name, progress_json) VALUES ('event_resign', $1)",
          [.text(progress)])
      }
      let runner = UpdateRunner(
        session: session, registry: UpdateRegistry(handlers: HomeserverUpdates.handlers(of: identity)),
        options: UpdateOptions(batches: BatchOptions(pause: .zero, attempts: 1)))
      let summary = try await runner.run()
      let waiting = summary.waiting.map { "\($0.key): \($0.value)" }
      #expect(waiting.count == 1)
      #expect(waiting.first?.contains(words) == true, "\(waiting)")
      #expect(!waiting.joined().contains("sesame"))
    }
  }
}
