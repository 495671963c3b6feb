import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `homeserver stats` and `updates start`, as an operator runs them.
@Suite(.serialized) struct StatsCommandTests {
  private struct Place {
    let database: TestDatabase

    @discardableResult
    func homeserver(_ arguments: String...) async throws -> ProgramResult {
      try await Program.homeserver.run(
        arguments + ["--schema-root", BuiltProgram.packageRoot.path, "--database", database.address],
        environment: ["HOMESERVER_SERVER_NAME": "local"])
    }

    func queue() async throws -> [String] {
      try await database.values(
        "SELECT update_name || ' ' || progress_json FROM background_updates WHERE update_name LIKE '%stats%' ORDER BY 1"
      ).compactMap(\.text)
    }
  }

  /// A room with two joined users, at version 88, nothing counted yet.
  private static func with(_ engine: Engine, _ body: (Place) async throws -> Void) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let place = Place(database: database)
      let migrated = try await Program.homeserver.run(
        [
          "migrate", "--schema-root", BuiltProgram.packageRoot.path, "--database", database.address,
        ])
      #expect(migrated.code == 0, "\(migrated)")
      for sql in [
        "INSERT INTO rooms (room_id, room_version) VALUES ('!r:local', '10'), ('!empty:local', '10')",
        "INSERT INTO users (name) VALUES ('@a:local'), ('@b:local')",
        """
        INSERT INTO current_state_events (event_id, room_id, type, state_key, membership)
        VALUES ('$1', '!r:local', 'm.room.member', '@a:local', 'join'),
          ('$2', '!r:local', 'm.room.member', '@c:remote', 'join')
        """,
      ] {
        try await database.execute(sql)
      }
      try await body(place)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func statisticsAreRegeneratedAndShown(engine: Engine) async throws {
    try await Self.with(engine) { place in
      let early = try await place.homeserver("stats", "show", "!r:local")
      #expect(
        early.code == 1 && early.messages.contains("no statistics of the room '!r:local' yet"), "\(early)")
      #expect(early.messages.contains("'stats regenerate --missing'"), "\(early)")
      let missing = try await place.homeserver("stats", "regenerate", "--missing")
      #expect(missing.code == 0 && missing.output.hasPrefix("queued: populate_stats_prepare\n"), "\(missing)")
      let queued = try await place.homeserver("stats", "show", "@a:local")
      #expect(queued.code == 1 && queued.messages.contains("'updates run' runs it"), "\(queued)")
      #expect(try await place.homeserver("updates", "run").code == 0)
      #expect(try await place.queue() == [])
      let room = try await place.homeserver("stats", "show", "!r:local", "--format", "json").object()
      #expect(room["joined_members"] as? Int == 2 && room["local_users_in_room"] as? Int == 1)
      #expect(room["is_federatable"] as? Bool == true && room["name"] is NSNull)
      #expect(room["format"] as? Int == 1)
      let user = try await place.homeserver("stats", "show", "@a:local")
      #expect(user.code == 0 && user.output.contains("joined_rooms: 1\n"), "\(user)")

      let rooms = try await place.homeserver("stats", "regenerate", "--rooms", "--format", "json").object()
      #expect(
        rooms["deleted_rooms"] as? Int == 1
          && rooms["queued"] as? [String] == ["populate_stats_process_rooms"]
      )
      #expect(rooms["format"] as? Int == 1 && rooms["restarted"] as? [String] == [], "\(rooms)")
      let again = try await place.homeserver("stats", "regenerate", "--rooms")
      #expect(
        again.output
          == "deleted: the statistics of 0 rooms\nqueued: populate_stats_process_rooms (begins anew)\n",
        "\(again)")
      #expect(try await place.queue() == [#"populate_stats_process_rooms {"guest_access":true}"#])
      #expect(try await place.homeserver("updates", "run").code == 0)
      #expect(try await place.database.values("SELECT joined_members FROM room_stats_current") == [2])
    }
  }

  /// To look at a file must not change how it keeps its journal.
  @Test func whatOnlyReadsLeavesTheFileAsItIs() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      let options = ["--schema-root", BuiltProgram.packageRoot.path, "--database", database.address]
      let migrated = try await Program.homeserver.run(["migrate"] + options)
      #expect(migrated.code == 0, "\(migrated)")
      let file = URL(filePath: database.address)
      var bytes = try Data(contentsOf: file)
      // Of a file without a log these are 1.
      #expect(bytes[18...19].elementsEqual([2, 2]))
      bytes.replaceSubrange(18...19, with: [1, 1])
      try bytes.write(to: file)
      for command in [
        ["stats", "show", "!r:local"], ["stats", "history", "@a:local"], ["directory", "search", "a"],
      ] {
        let result = try await Program.homeserver.run(command + options)
        #expect(result.code != 64, "\(result)")
        #expect(try Data(contentsOf: file) == bytes, "\(command)")
      }
    }
  }

  /// What a room is called is a stranger's text.
  @Test func noNameMovesTheCursor() async throws {
    try await Self.with(.sqlite) { place in
      try await place.database.execute(
        "INSERT INTO room_stats_state (room_id, name) VALUES ('!r:local', 'evil\u{1B}[2J\u{202E}name')")
      let shown = try await place.homeserver("stats", "show", "!r:local")
      #expect(shown.output.contains("name: evil\u{FFFD}[2J\u{FFFD}name\n"), "\(shown)")
      let found = #""name":"evil\u001b[2j"#
      let json = try await place.homeserver("stats", "show", "!r:local", "--format", "json")
      #expect(json.output.lowercased().contains(found), "\(json)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theDirectoryIsRegeneratedOnce(engine: Engine) async throws {
    try await Self.with(engine) { place in
      let first = try await place.homeserver("directory", "regenerate", "--format", "json").object()
      #expect((first["queued"] as? [String])?.count == 4 && first["format"] as? Int == 1, "\(first)")
      let again = try await place.homeserver("directory", "regenerate", "--format", "json")
      #expect(again.code == 1, "\(again)")
      #expect(again.messages.contains("an update of 'regenerate_directory' is queued already"), "\(again)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatIsWrongIsSaid(engine: Engine) async throws {
    try await Self.with(engine) { place in
      for (arguments, code, message) in [
        (["stats", "show", "r"], 64, "neither a room (!...) nor a user (@...)"),
        (["stats", "show", "!nowhere:local"], 1, "knows no room '!nowhere:local'"),
        (["stats", "show", "@nobody:local"], 1, "knows no user '@nobody:local'"),
        (["stats", "show", "!empty:local"], 1, "no statistics of the room"),
        (["stats", "show", "@\u{301}x:local"], 1, "knows no user '"),
        (["stats", "show", "!\u{301}x:local"], 1, "knows no room '"),
        (["stats", "purge", "--older-than", "90"], 64, "90"),
        (["stats", "purge", "--older-than", "99999999999999999999d"], 64, "--older-than"),
        (["updates", "start", "event_resing"], 1, "did you mean 'event_resign'?"),
        (
          ["updates", "start", "event_resign", "--before_ts", "soon"], 64,
          "--before_ts must be a whole number"
        ),
        (["updates", "start", "event_resign", "--old_kye", "x"], 64, "did you mean '--old_key'?"),
        (["updates", "start", "event_resign", "--old_key"], 64, "--old_key needs a value"),
        (["updates", "start", "event_resign", "--old_key=a", "--old-key", "b"], 64, "given twice"),
        (["updates", "start", "event_resign", "extra"], 64, "'extra' is not a parameter"),
        (["updates", "start", "stats_purge_history"], 64, "needs --before_ts"),
        (["updates", "start", "regenerate_statistics", "--x", "1"], 64, "it takes no parameters"),
      ] as [([String], Int32, String)] {
        let result = try await Program.homeserver.run(
          arguments.first == "stats" || arguments.count < 3 || !arguments.contains("--old_key")
            || arguments.count > 4
            ? arguments + [
              "--schema-root", BuiltProgram.packageRoot.path, "--database", place.database.address,
            ]
            : [
              "updates", "start", "--schema-root", BuiltProgram.packageRoot.path, "--database",
              place.database.address,
            ]
              + arguments.dropFirst(2))
        #expect(result.code == code, "\(arguments): \(result)")
        #expect(result.messages.contains(message), "\(arguments): \(result)")
      }
      #expect(try await place.queue() == [])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func jobsAreQueuedLikeByTheAdminAPI(engine: Engine) async throws {
    try await Self.with(engine) { place in
      let list = try await place.homeserver("updates", "start")
      #expect(list.code == 0 && list.output.contains("  --old_key TEXT: "), "\(list)")
      let document = try await place.homeserver("updates", "start", "--format", "json").object()
      let jobs = try #require(document["jobs"] as? [[String: Any]])
      let resign = try #require(jobs.first { $0["name"] as? String == "event_resign" })
      let parameters = try #require(resign["parameters"] as? [[String: Any]])
      #expect(document["format"] as? Int == 1)
      #expect(
        parameters.first?["name"] as? String == "old_key" && parameters.first?["type"] as? String == "string")
      let started = try await place.homeserver(
        "updates", "start", "event_resign", "--old-key", "ed25519:a xyz", "--before_ts=-5")
      #expect(started.code == 0 && started.output == "queued: event_resign\n", "\(started)")
      let row = try await place.database.values(
        "SELECT progress_json || depends_on || ordering FROM background_updates WHERE update_name = 'event_resign'"
      )
      #expect(row == [#"{"old_key": "ed25519:a xyz", "before_ts": -5}0"#])
      let again = try await place.homeserver("updates", "start", "event_resign")
      #expect(again.code == 1 && again.messages.contains("is queued already"), "\(again)")
      // All of its rows or none.
      try await place.homeserver("stats", "regenerate", "--users")
      #expect(try await place.homeserver("updates", "start", "regenerate_statistics").code == 1)
      #expect(try await place.queue() == ["populate_stats_process_users {}"])
      let rooms = try await place.homeserver(
        "updates", "start", "populate_stats_process_rooms", "--format", "json"
      ).object()
      #expect(rooms["queued"] as? [String] == ["populate_stats_process_rooms"])
      #expect(rooms["format"] as? Int == 1)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theHistoryIsPurged(engine: Engine) async throws {
    try await Self.with(engine) { place in
      let now = Int64(Date().timeIntervalSince1970 * 1000)
      for age in [1, 89, 91, 400] as [Int64] {
        try await place.database.execute(
          "INSERT INTO user_stats_historical VALUES ('@a:local', \(now - age * 86_400_000), 1, 1, 1, 1, 1, \(age))"
        )
      }
      let history = try await place.homeserver("stats", "history", "@a:local", "--since", "92d")
      #expect(history.code == 0, "\(history)")
      let lines = history.output.split(separator: "\n")
      #expect(lines.count == 95 && lines[0].contains("joined_rooms") && lines[3].contains("91"), "\(history)")
      let none = try await place.homeserver("stats", "history", "@a:local", "--slice", "0d")
      #expect(none.code == 64 && none.messages.contains("--slice must be above 0"), "\(none)")
      let long = try await place.homeserver("stats", "history", "@a:local", "--slice", "1s", "--since", "52w")
      #expect(long.code == 1 && long.messages.contains("at most 100000 slices"), "\(long)")
      let purge = try await place.homeserver("stats", "purge", "--older-than", "90d")
      #expect(purge.code == 0 && purge.output.contains("stats_purge_history, about 2 rows"), "\(purge)")
      // The later order counts, whichever comes first.
      let less = try await place.homeserver("stats", "purge", "--older-than", "52w")
      #expect(less.code == 0 && less.output.contains("about 2 rows"), "\(less)")
      let document = try await place.homeserver(
        "stats", "purge", "--older-than", "52w", "--format", "json"
      ).object()
      #expect(document["format"] as? Int == 1 && document["rows"] as? Int == 2, "\(document)")
      #expect(document["before_ts"] is Int && document["queued"] as? [String] == ["stats_purge_history"])
      let points = try await place.homeserver(
        "stats", "history", "@a:local", "--since", "2d", "--format", "json"
      ).objects()
      #expect(
        points.allSatisfy { $0["format"] as? Int == 1 && $0["per_slice"] is [String: Any] }, "\(points)")
      #expect(try await place.homeserver("updates", "run").code == 0)
      let left = try await place.database.values(
        "SELECT total_event_bytes FROM user_stats_historical ORDER BY 1")
      #expect(left == [1, 89])
    }
  }
}
