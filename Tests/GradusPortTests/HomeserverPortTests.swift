import Foundation
import Gradus
import GradusPort
import GradusSQL
import GradusSQLite
import GradusTestSupport
import ProgramTestSupport
import HomeserverFixtures
import Testing

/// The worked example's database, ported by its own program.
@Suite(.serialized, .enabled(if: TestDatabase.availableEngines.contains(.postgres)))
struct HomeserverPortTests {
  private let root = Fixtures.packageRoot.path

  /// A sample at version 88, with nothing pending.
  private func withSample(rooms: Int, _ body: (TestDatabase, TestDatabase) async throws -> Void) async throws
  {
    try await TestDatabase.withDatabase(.sqlite) { source in
      try await TestDatabase.withDatabase(.postgres) { target in
        for arguments in [
          ["sample", "--rooms", "\(rooms)", "--memberships", "\(rooms * 8)", "--users", "\(rooms)"],
          ["migrate"], ["updates", "run", "--until-done"],
        ] {
          let result = try await Program.homeserver.run(
            arguments + ["--schema-root", root, "--database", source.address])
          try #require(result.code == 0, "\(result)")
        }
        try await body(source, target)
      }
    }
  }

  private func arguments(_ source: TestDatabase, _ target: TestDatabase) -> [String] {
    ["port", "--schema-root", root, "--from", source.address, "--to", target.address]
  }

  /// All rows of all tables that were copied, truth values as numbers.
  private func expectEqual(_ source: TestDatabase, _ target: TestDatabase) async throws {
    let left = try await source.open()
    let right = try await target.open()
    let tables = try await right.run { connection in
      try connection.query("SELECT table_name FROM gradus_port ORDER BY 1").map { try $0.text(0) }
    }
    #expect(tables.contains("events"))
    for table in tables {
      func rows(_ session: Session) async throws -> [String] {
        try await session.run { connection in
          try connection.query("SELECT * FROM \(table)").map { row in
            zip(row.columns.names, row.values).sorted { $0.0 < $1.0 }.map { name, value in
              let text = if case .boolean(let flag) = value { SQLValue.integer(flag ? 1 : 0) } else { value }
              return "\(name)=\(text)"
            }.joined(separator: " ")
          }.sorted()
        }
      }
      let (expected, found) = (try await rows(left), try await rows(right))
      // Without operands: thousands of rows would be a message of megabytes.
      let difference = found.difference(from: expected)
      let isEqual = difference.isEmpty
      #expect(isEqual, "\(table): \(difference.count) changes, such as \(difference.prefix(2))")
    }
  }

  @Test func sample() async throws {
    try await withSample(rooms: 60) { source, target in
      let result = try await Program.homeserver.run(arguments(source, target) + ["--format", "json"])
      #expect(result.code == 0, "\(result)")
      let last = try #require(result.output.split(separator: "\n").last)
      #expect(last.contains(#""status":"complete""#) && last.contains(#""event":"finished""#), "\(last)")
      try await expectEqual(source, target)
      let session = try await target.open()
      let row = try await session.run { connection in
        try connection.queryRow(
          """
          SELECT (SELECT count(*) FROM background_updates), (SELECT stream_id FROM user_directory_stream_pos),
            (SELECT count(*) FROM user_directory), (SELECT compat_version FROM schema_compat_version),
            (SELECT version FROM schema_version), nextval('events_stream_seq'),
            (SELECT max(stream_ordering) + 1 FROM events), nextval('state_group_id_seq'),
            (SELECT coalesce(max(id), 0) + 1 FROM state_groups),
            (SELECT count(*) FROM gradus_update_certificates)
          """)
      }
      let values = try #require(row?.values)
      #expect(values[0] == 4)
      #expect(values[1] == .null)
      #expect(values[2] == 0)
      #expect(values[3] == 87)
      #expect(values[4] == 88)
      #expect(values[5] == values[6])
      #expect(values[7] == values[8])
      let certificates = try await source.open().run {
        try $0.query("SELECT count(*) FROM gradus_update_certificates")
      }
      #expect(values[9] == certificates[0][0])
      // The target is one that the program takes for its own.
      for command in [["plan"], ["updates", "run", "--until-done"]] {
        let result = try await Program.homeserver.run(
          command + ["--schema-root", root, "--database", target.address])
        #expect(result.code == 0, "\(command): \(result)")
      }
      let users = try await session.run { connection in
        try connection.query("SELECT count(*) FROM user_directory")[0][0].integer
      }
      #expect(users ?? 0 > 0)
      let again = try await Program.homeserver.run(arguments(source, target))
      #expect(again.code == 0)
      #expect(again.output.contains("the port is complete"))
    }
  }

  @Test func killedAgainAndAgain() async throws {
    try await withSample(rooms: 60) { source, target in
      var random = SeededGenerator()
      let watcher = try await target.open()
      var kills = 0
      func copiedRows() async -> Int64 {
        let copied = try? await watcher.run { connection in
          try connection.queryRow("SELECT sum(copied)::bigint FROM gradus_port")?[0].integer
        }
        return copied.flatMap(\.self) ?? 0
      }
      for attempt in 1...40 {
        // After some more rows, or, when there were enough of those for the test to be one, at a time.
        let limit = await copiedRows() + Int64.random(in: 5...100, using: &random)
        let end = ContinuousClock.now + .milliseconds(Int.random(in: 50...1_500, using: &random))
        let signal = attempt % 4 == 0 ? SIGINT : SIGKILL
        let result = try await Program.homeserver.run(
          arguments(source, target) + ["--chunk-rows", "7"], signal: signal
        ) {
          if kills > 2, attempt % 3 == 0 { return ContinuousClock.now > end }
          return await copiedRows() > limit
        }
        if let code = result.code, code != 130 || signal != SIGINT {
          #expect(code == 0, "seed \(random.seed), after \(kills) kills: \(result)")
          break
        }
        kills += 1
      }
      #expect(kills > 2, "seed \(random.seed)")
      // On a slow machine all attempts may have been killed before the end.
      let last = try await Program.homeserver.run(arguments(source, target) + ["--chunk-rows", "7"])
      #expect(last.code == 0, "seed \(random.seed), after \(kills) kills: \(last)")
      try await expectEqual(source, target)
    }
  }

  @Test(.enabled(if: Fixtures.areAvailable)) func realDatabase() async throws {
    try await TestDatabase.withDatabase(.sqlite) { source in
      try await TestDatabase.withDatabase(.postgres) { target in
        try Fixtures.unpack("homeserver-small.sqlite", to: source.address)
        let unknown = try await Program.homeserver.run(arguments(source, target))
        #expect(unknown.code == 1)
        #expect(unknown.messages.contains("version 94"), "\(unknown)")
        let acting = arguments(source, target) + ["--to-version", "88"]
        let refused = try await Program.homeserver.run(acting)
        #expect(refused.code == 1)
        #expect(refused.messages.contains("has no table device_inbox"), "\(refused)")
        #expect(
          try await target.open().run { try $0.query("SELECT to_regclass('events') IS NULL")[0][0] } == true)
        // What the example derives was not made by it.
        #expect(refused.messages.contains("the source needs 'migrate --to 88' first: "))
        for command in [["migrate", "--to", "88"], ["updates", "run", "--until-done"]] {
          let result = try await Program.homeserver.run(
            command + ["--schema-root", root, "--database", source.address])
          #expect(result.code == 0, "\(result)")
        }
        // Leaves out all that the refusal names.
        var leaveOut: [String] = []
        for line in refused.messages.split(separator: "\n") {
          let words = line.split(separator: " ")
          if let match = line.firstMatch(of: #/has no table (\S+) on/#) { leaveOut.append(String(match.1)) }
          if let match = line.firstMatch(of: #/- (\S+) has no column (\S+) on/#) {
            leaveOut.append("\(match.1).\(match.2)")
          }
          if line.contains("is a virtual table") { leaveOut.append(String(words[1])) }
        }
        let result = try await Program.homeserver.run(acting + leaveOut.flatMap { ["--leave-out", $0] })
        #expect(result.code == 0, "\(result)")
        let counts = try await target.open().run {
          try $0.query("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM state_groups_state)")[0]
        }
        let expected = try await source.open().run {
          try $0.query("SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM state_groups_state)")[0]
        }
        #expect(counts.values == expected.values)
      }
    }
  }
}
