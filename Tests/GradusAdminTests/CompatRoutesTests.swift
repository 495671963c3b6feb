import Foundation
import GradusAdmin
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

/// The original API, word for word.
@Suite struct CompatRoutesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var method = "POST"
    var path: String
    var body = ""
    var token: String? = Desk.adminToken
    var status: Int
    var answer: String
    var testDescription: String { "\(method) \(path) \(body.prefix(40)) \(token ?? "no token")" }
  }

  private static let missing = #"{"errcode":"M_MISSING_TOKEN","error":"Missing access token"}"#
  private static let unknown =
    #"{"errcode":"M_UNKNOWN_TOKEN","error":"Invalid access token passed.","soft_logout":false}"#
  private static let forbidden = #"{"errcode":"M_FORBIDDEN","error":"You are not a server admin"}"#
  private static let unrecognized = #"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#
  private static let notJSON = #"{"errcode":"M_NOT_JSON","error":"Content not JSON."}"#
  private static let noObject = #"{"errcode":"M_BAD_JSON","error":"Content must be a JSON object."}"#
  private static let noBoolean =
    #"{"errcode":"M_UNKNOWN","error":"'enabled' parameter must be a boolean"}"#
  private static let noName = #"{"errcode":"M_MISSING_PARAM","error":"Missing params: ['job_name']"}"#
  private static let noJob = #"{"errcode":"M_UNKNOWN","error":"Invalid job_name"}"#
  private static let noKey = #"{"errcode":"M_UNKNOWN","error":"'old_key' must be a string"}"#
  private static let noTime = #"{"errcode":"M_UNKNOWN","error":"'before_ts' must be an integer"}"#

  static let refused: [Case] = [
    .init(method: "GET", path: "status", token: nil, status: 401, answer: missing),
    .init(method: "GET", path: "enabled", token: nil, status: 401, answer: missing),
    .init(path: "enabled", body: "{}", token: nil, status: 401, answer: missing),
    .init(path: "start_job", body: "{}", token: nil, status: 401, answer: missing),
    .init(method: "GET", path: "status", token: "wrong", status: 401, answer: unknown),
    .init(path: "enabled", body: "{}", token: "wrong", status: 401, answer: unknown),
    // The admin check comes before the body.
    .init(path: "enabled", body: "no JSON", token: Desk.readToken, status: 403, answer: forbidden),
    .init(path: "start_job", body: "{}", token: Desk.readToken, status: 403, answer: forbidden),
    .init(method: "DELETE", path: "enabled", status: 405, answer: unrecognized),
    .init(method: "PUT", path: "start_job", status: 405, answer: unrecognized),
    .init(method: "GET", path: "start_job", status: 405, answer: unrecognized),
    .init(path: "status", body: "{}", status: 405, answer: unrecognized),
    .init(method: "GET", path: "nothing", status: 404, answer: unrecognized),
    .init(method: "GET", path: "status/", status: 404, answer: unrecognized),
    .init(method: "GET", path: "", status: 404, answer: unrecognized),
    .init(path: "enabled", body: "", status: 400, answer: notJSON),
    .init(path: "enabled", body: "no", status: 400, answer: notJSON),
    .init(path: "enabled", body: #"{"enabled": NaN}"#, status: 400, answer: notJSON),
    .init(path: "enabled", body: #"{"enabled": true,}"#, status: 400, answer: notJSON),
    .init(path: "enabled", body: "{} {}", status: 400, answer: notJSON),
    .init(path: "start_job", body: "", status: 400, answer: notJSON),
    .init(path: "start_job", body: "{'job_name': 1}", status: 400, answer: notJSON),
    .init(path: "enabled", body: "[]", status: 400, answer: noObject),
    .init(path: "enabled", body: "true", status: 400, answer: noObject),
    .init(path: "start_job", body: "\"event_resign\"", status: 400, answer: noObject),
    .init(path: "start_job", body: "null", status: 400, answer: noObject),
    .init(path: "enabled", body: #"{"enabled": 1}"#, status: 400, answer: noBoolean),
    .init(path: "enabled", body: #"{"enabled": null}"#, status: 400, answer: noBoolean),
    .init(path: "enabled", body: #"{"enabled": "yes"}"#, status: 400, answer: noBoolean),
    .init(path: "enabled", body: #"{"enabled": true, "enabled": 0}"#, status: 400, answer: noBoolean),
    .init(path: "start_job", body: "{}", status: 400, answer: noName),
    .init(path: "start_job", body: #"{"name": "event_resign"}"#, status: 400, answer: noName),
    .init(path: "start_job", body: #"{"job_name": "nothing"}"#, status: 400, answer: noJob),
    // One that the original does not have.
    .init(path: "start_job", body: #"{"job_name": "regenerate_statistics"}"#, status: 400, answer: noJob),
    .init(path: "start_job", body: #"{"job_name": null}"#, status: 400, answer: noJob),
    .init(path: "start_job", body: #"{"job_name": ["event_resign"]}"#, status: 400, answer: noJob),
    .init(path: "start_job", body: #"{"job_name": 5}"#, status: 400, answer: noJob),
    .init(path: "start_job", body: #"{"job_name": "event_resign\u0000"}"#, status: 400, answer: noJob),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "old_key": 1}"#, status: 400, answer: noKey),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "old_key": []}"#, status: 400, answer: noKey),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "old_key": true, "before_ts": "x"}"#,
      status: 400,
      answer: noKey),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "old_key": "a\u0000"}"#, status: 400,
      answer: noKey),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "before_ts": 1.0}"#, status: 400, answer: noTime
    ),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "before_ts": 1e3}"#, status: 400, answer: noTime
    ),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "before_ts": "1"}"#, status: 400, answer: noTime
    ),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "before_ts": 99999999999999999999}"#,
      status: 400,
      answer: noTime),
    .init(
      path: "start_job", body: #"{"job_name": "event_resign", "old_key": "\ud800"}"#, status: 400,
      answer: notJSON),
  ]

  /// Each changes nothing.
  @Test(arguments: TestDatabase.availableEngines)
  func refusals(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let before = try await desk.queue()
      for one in Self.refused {
        let answer = await desk.send(one.method, "\(Desk.compat)/\(one.path)", one.body, token: one.token)
        #expect(answer.status == one.status, "\(one.testDescription): \(answer)")
        #expect(answer.body == one.answer, "\(one.testDescription)")
        #expect(answer.header("Content-Type") == "application/json")
      }
      #expect(try await desk.queue() == before)
      #expect(try await desk.rows("SELECT * FROM gradus_update_controls").isEmpty)
    }
  }

  /// Bodies that mean harm are answered all the same, and change nothing.
  @Test(arguments: TestDatabase.availableEngines)
  func hostileBodies(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let before = try await desk.queue()
      let deep = String(repeating: "[", count: 30_000)
      let bodies: [[UInt8]] = [
        [0], [0xFF, 0xFE], [0xEF, 0xBB, 0xBF] + Array("{}".utf8), Array("{\"a\": \"\u{0}\"}".utf8),
        Array("{\"enabled\": ".utf8) + [0xC3, 0x28] + Array("}".utf8),
        Array("{\"enabled\": \"\\ud800\"}".utf8),
        Array("{\"enabled\": \"\\udc00\\ud800\"}".utf8), Array(deep.utf8),
        Array(("{\"enabled\":" + deep).utf8), Array(String(repeating: "{\"a\":", count: 10_000).utf8),
        Array("{\"enabled\": 1e999999}".utf8), Array("{\"enabled\": -}".utf8),
        Array("{\"enabled\": 01}".utf8),
        Array(("{\"enabled\": " + String(repeating: "9", count: 60_000) + "}").utf8),
        Array("{\"enabled\": \"\\x\"}".utf8), Array("{\"enabled\": \"\\u12\"}".utf8),
        Array(repeating: UInt8(ascii: " "), count: 65_537),
      ]
      for body in bodies {
        for path in ["\(Desk.compat)/enabled", "\(Desk.compat)/start_job", "\(Desk.native)/pause"] {
          let answer = await desk.send("POST", path, body)
          #expect([400, 413].contains(answer.status), "\(path) \(body.prefix(40)): \(answer)")
          #expect(answer.errcode != nil)
        }
      }
      #expect(try await desk.queue() == before)
      #expect(try await desk.rows("SELECT * FROM gradus_update_controls").isEmpty)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func enabledIsThePauseOfAll(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let path = "\(Desk.compat)/enabled"
      #expect(await desk.get(path, token: Desk.readToken).body == #"{"enabled":true}"#)
      #expect(await desk.post(path, #" {"enabled": false} "#).body == #"{"enabled":false}"#)
      #expect(await desk.get(path).body == #"{"enabled":false}"#)
      #expect(await desk.get("\(Desk.compat)/status").body == #"{"enabled":false,"current_updates":{}}"#)
      // It holds for whoever runs updates.
      let summary = try await desk.runUpdates()
      #expect(summary.completed.isEmpty)
      let paused = try await desk.rows("SELECT update_name, paused_by FROM gradus_update_controls")
      #expect(paused.count == 1 && paused[0][0] == "*")
      #expect(paused.first?[1].text?.hasPrefix("alice, admin API, ") == true)
      // Without the key it enables.
      #expect(await desk.post(path, "{}").body == #"{"enabled":true}"#)
      #expect(await desk.get(path).body == #"{"enabled":true}"#)
      #expect(await desk.post(path, #"{"enabled": false, "other": [1]}"#).body == #"{"enabled":false}"#)
      #expect(await desk.post(path, #"{"enabled": false, "enabled": true}"#).body == #"{"enabled":true}"#)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func jobsAreQueuedBitForBit(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let path = "\(Desk.compat)/start_job"
      let own = Set(try await desk.queue().compactMap { $0[0].text })
      func queued() async throws -> [[SQLValue]] {
        try await desk.queue().filter { !own.contains($0[0].text ?? "") }
      }
      let cases: [(String, String)] = [
        (#"{"job_name": "event_resign"}"#, #"{"old_key": null, "before_ts": null}"#),
        (
          #"{"job_name": "event_resign", "old_key": "ed25519:a_\u00e9\"\\\n😀", "before_ts": 1700000000000}"#,
          #"{"old_key": "ed25519:a_\u00e9\"\\\n\ud83d\ude00", "before_ts": 1700000000000}"#
        ),
        (
          #"{"before_ts": true, "job_name": "event_resign", "more": {}}"#,
          #"{"old_key": null, "before_ts": true}"#
        ),
        (
          #"{"job_name": "event_resign", "old_key": "", "before_ts": -0}"#,
          #"{"old_key": "", "before_ts": 0}"#
        ),
      ]
      for (body, progress) in cases {
        let answer = await desk.post(path, body)
        #expect(answer.status == 200 && answer.body == "{}", "\(answer)")
        #expect(try await queued() == [["event_resign", .text(progress), "", 0]])
        let again = await desk.post(path, body)
        #expect(again.status == 400)
        #expect(
          again.body
            == #"{"errcode":"M_UNKNOWN","error":"Job event_resign is already in queue of background updates."}"#
        )
        _ = try await desk.rows("DELETE FROM background_updates WHERE update_name = 'event_resign'")
      }

      #expect(await desk.post(path, #"{"job_name": "populate_stats_process_rooms"}"#).body == "{}")
      #expect(try await queued() == [["populate_stats_process_rooms", "{}", "", 0]])
      _ = try await desk.rows("DELETE FROM background_updates WHERE update_name LIKE 'populate%'")

      // One row that is queued keeps all others out.
      _ = try await desk.rows(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('populate_user_directory_cleanup', '{}')"
      )
      let before = try await queued()
      let refused = await desk.post(path, #"{"job_name": "regenerate_directory"}"#)
      #expect(refused.status == 400, "\(refused)")
      #expect(try await queued() == before)
      _ = try await desk.rows("DELETE FROM background_updates WHERE update_name LIKE 'populate%'")
      // Paused updates are queued, too.
      _ = await desk.post("\(Desk.compat)/enabled", #"{"enabled": false}"#)
      #expect(await desk.post(path, #"{"job_name": "regenerate_directory"}"#).body == "{}")
      #expect(
        try await queued() == [
          ["populate_user_directory_cleanup", "{}", "populate_user_directory_process_users", 0],
          ["populate_user_directory_createtables", "{}", "", 0],
          ["populate_user_directory_process_rooms", "{}", "populate_user_directory_createtables", 0],
          ["populate_user_directory_process_users", "{}", "populate_user_directory_process_rooms", 0],
        ])
    }
  }

  /// What was at work stays while it is paused, with the numbers of the database.
  @Test(arguments: TestDatabase.availableEngines)
  func statusShowsWhatIsAtWork(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      let path = "\(Desk.compat)/status"
      #expect(await desk.get(path).body == #"{"enabled":true,"current_updates":{}}"#)
      desk.configuration.tracker.record(.started(name: "touch", isResumed: false), database: "master")
      #expect(
        await desk.get(path).body
          == #"{"enabled":true,"current_updates":{"master":{"name":"touch","total_item_count":0,"total_duration_ms":0.0,"average_items_per_ms":null}}}"#
      )
      _ = try await desk.rows(
        """
        INSERT INTO gradus_updates (update_name, scanned, written, batches, duration_ms, started_at, updated_at,
          average_rows, average_ms, batch_size)
        VALUES ('touch', 120, 100, 2, 62.5, 0, 0, 60, 30, 60)
        """)
      _ = await desk.post("\(Desk.compat)/enabled", #"{"enabled": false}"#)
      #expect(
        await desk.get(path).body
          == #"{"enabled":false,"current_updates":{"master":{"name":"touch","total_item_count":120,"total_duration_ms":62.5,"average_items_per_ms":2.0}}}"#
      )
      // While the workers that share it have not said how fast they are, it is the average of all batches.
      _ = try await desk.rows("UPDATE gradus_updates SET average_rows = NULL")
      #expect(await desk.get(path).body.contains(#""average_items_per_ms":1.92}"#))
      // Nothing can run, because of that: the numbers stay.
      desk.configuration.tracker.record(.waiting(["touch": "paused"]), database: "master")
      #expect(await desk.get(path).body.contains(#""name":"touch""#))
      _ = await desk.post("\(Desk.compat)/enabled", "{}")
      _ = try await desk.runUpdates(["touch"])
      #expect(await desk.get(path).body == #"{"enabled":true,"current_updates":{}}"#)
    }
  }
}
