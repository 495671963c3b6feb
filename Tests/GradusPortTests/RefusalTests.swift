import Foundation
import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// What stands against a port is told before anything is changed, all of it.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct RefusalTests {
  static let files = PortPlace.files(
    sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT, n BIGINT, data JSONB);",
    postgres: "CREATE TABLE notes (id BIGINT PRIMARY KEY, note TEXT, n INTEGER, data JSONB);")

  @Test func allReasonsAtOnce() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill_notes', '{}')",
        "CREATE TABLE extra (a TEXT)", "ALTER TABLE notes ADD COLUMN more TEXT",
        "CREATE VIRTUAL TABLE words USING fts4 (word)")
      try await place.writeTarget("CREATE TABLE there (a TEXT)")
      let presence = try await VersionPresence.announce(
        version: 1, on: PhysicalDatabase(driver: place.source.driver))
      let reasons = try await place.refusal(PortOptions(leaveOut: ["extras"]))
      await presence.release()
      for part in [
        "fill_notes", "no table extra", "no column more", "words is a virtual table",
        "not empty: it has table public.there",
        "a process works on the source: schema version 1", "did you mean extra?",
      ] {
        #expect(reasons.contains { $0.contains(part) }, "\(part) is not in \(reasons)")
      }
      #expect(reasons.count == 7)
      #expect(try await place.rows("SELECT to_regclass('notes') IS NULL") == [[true]])
    }
  }

  /// In the order in which it is to be done: what updates fill before a purge would hide from it what is stale.
  @Test func aPurgeComesBeforeUpdates() async throws {
    let files = [
      "schema/schema.yaml": """
      version: 2
      compat_version: 1
      versions: {1: {compat: 1}, 2: {compat: 1}}
      gradual_migrations:
        - name: latest
          starts: 2
          updates: [fill_latest]
          stale_after_rollback:
            - table: latest
              key: [name]
              position: at
              source: {table: notes, key: [name], position: id}
              requeue: {update: fill_latest}
      """,
      "schema/main/1/01_notes.sql": "CREATE TABLE notes (id BIGINT PRIMARY KEY, name TEXT);",
      "delta/main/2/01_latest.sql": "CREATE TABLE latest (name TEXT PRIMARY KEY, at BIGINT);",
    ]
    try await PortPlace.with(files) { place in
      try await place.write(
        "INSERT INTO notes VALUES (1, 'a'), (2, 'b')", "INSERT INTO latest VALUES ('a', 1)",
        "INSERT INTO background_updates (update_name, progress_json) VALUES ('fill_latest', '{}')")
      let reasons = try await place.refusal()
      #expect(
        reasons.first == "the source needs 'migrate --to 2' first: purge stale rows of latest", "\(reasons)")
      #expect(reasons.dropFirst().first?.contains("'updates run'") == true, "\(reasons)")
    }
  }

  @Test func whatIsLeftOutIsNoReason() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        "CREATE TABLE extra (a TEXT)", "ALTER TABLE notes ADD COLUMN more TEXT",
        "INSERT INTO notes (id, note) VALUES (1, 'x')")
      let result = try await place.port(PortOptions(leaveOut: ["extra", "notes.more"]))
      #expect(result.status == .complete)
      #expect(result.leftOut == ["extra"])
      #expect(try await place.rows("SELECT id, note FROM notes") == [[1, "x"]])
    }
  }

  @Test func aVersionThatTheLedgerDoesNotKnow() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("UPDATE schema_version SET version = 7")
      #expect(try await place.refusal().first?.contains("version 7") == true)
      #expect(try await place.refusal(version: 9).first?.contains("before 9") == true)
    }
  }

  @Test func textsThatPostgresCannotHold() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        "INSERT INTO notes (id, note) VALUES (1, 'fine')",
        "INSERT INTO notes (id, note) VALUES (2, 'a' || char(0) || 'b')",
        "INSERT INTO notes (id, note) VALUES (3, CAST(x'41ff42' AS TEXT))",
        #"INSERT INTO notes (id, data) VALUES (4, '{"a": "x\u0000y", "b": "\\u0000"}')"#)
      let reasons = try await place.refusal()
      #expect(
        reasons == [
          "notes.note of the row with row id 2 holds U+0000",
          "notes.note of the row with row id 3 is not UTF-8",
          "notes.data of the row with row id 4 holds U+0000",
        ])
      let mended = try await place.port(PortOptions(unfitText: .remove, startsOver: true))
      #expect(mended.status == .complete)
      #expect(mended.tables.first { $0.name == "notes" }?.mended == 3)
      #expect(
        try await place.rows("SELECT note FROM notes ORDER BY id") == [
          ["fine"], ["ab"], ["A\u{FFFD}B"], [.null],
        ])
      #expect(
        try await place.rows("SELECT data::text FROM notes WHERE id = 4") == [
          [#"{"a": "xy", "b": "\\u0000"}"#]
        ])
    }
  }

  @Test func rowsMayBeLeftOut() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        "INSERT INTO notes (id, note) VALUES (1, 'fine'), (2, 'a' || char(0)), (3, 'too')")
      let result = try await place.port(PortOptions(unfitText: .leaveOutRow))
      #expect(result.status == .complete)
      #expect(result.tables.first { $0.name == "notes" }?.leftOut == 1)
      #expect(try await place.rows("SELECT id FROM notes ORDER BY id") == [[1], [3]])
    }
  }

  @Test(arguments: ["'many'", "x'00'", "1.5", "3000000000"])
  func aValueOfAnotherType(value: String) async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO notes (id, n) VALUES (1, 1), (77, \(value))")
      let reasons = try await place.refusal()
      #expect(reasons.count == 1)
      #expect(reasons.first?.hasPrefix("notes.n of the row with row id 77 holds ") == true)
    }
  }

  /// What only the server can tell is named as well, without the value.
  @Test func aValueThatTheServerRefuses() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO notes (id, data) VALUES (1, '{}'), (78, '{secret')")
      let reasons = try await place.refusal()
      #expect(reasons.first?.hasPrefix("notes.data of the row with row id 78: invalid input") == true)
      #expect(reasons.first?.contains("secret") == false)
    }
  }

  /// A key that is checked when the transaction ends tells no row.
  @Test func aDeferredKeyThatIsViolated() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE words (id INTEGER PRIMARY KEY, word CHAR(4));",
      postgres: """
        CREATE TABLE words (
          id BIGINT PRIMARY KEY, word CHAR(4) CONSTRAINT once UNIQUE DEFERRABLE INITIALLY DEFERRED);
        """
    ) { place in
      try await place.write("INSERT INTO words VALUES (1, 'a'), (2, 'a ')")
      let error = await #expect(throws: PortRefused.self) { try await place.port() }
      #expect(
        error?.reasons == ["words of the rows: duplicate key value violates unique constraint \"once\""])
      #expect(error?.hint?.contains("--start-over") == true)
    }
  }

  /// What a terminal would act on.
  @Test func aKeyWithControlCharacters() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE words (word TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;",
      postgres: "CREATE TABLE words (word TEXT PRIMARY KEY, n INTEGER);"
    ) { place in
      try await place.write(
        "INSERT INTO words VALUES ('a' || char(0) || char(27) || '[2J' || char(8238), 1)")
      #expect(
        try await place.refusal() == [
          #"words.word of the row with word = 'a\u{0}\u{1b}[2J\u{202e}' holds U+0000"#
        ])
    }
  }

  @Test func policiesThatAreForced() async throws {
    let role = "gradus_port_\(UUID().uuidString.prefix(8).lowercased())"
    try await PortPlace.with(
      sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY); CREATE TABLE others (id INTEGER PRIMARY KEY);",
      postgres: """
        CREATE TABLE notes (id BIGINT PRIMARY KEY);
        ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY own ON notes USING (id = 1);
        CREATE TABLE others (id BIGINT PRIMARY KEY);
        ALTER TABLE others ENABLE ROW LEVEL SECURITY;
        """
    ) { place in
      try await place.writeTarget(
        "CREATE ROLE \(role)", "GRANT CREATE ON SCHEMA public TO \(role)",
        """
        DO $$ BEGIN
          EXECUTE format('GRANT CREATE ON DATABASE %I TO \(role)', current_database());
        END $$
        """)
      try await place.setOfTarget("role", role)
      let reasons = try? await place.refusal()
      try await place.writeTarget("SET ROLE NONE", "DROP OWNED BY \(role)", "DROP ROLE \(role)")
      #expect(
        reasons == [
          "notes: policies are forced on the owner as well (FORCE ROW LEVEL SECURITY), and the role \(role) may not pass them by: port as a role with BYPASSRLS"
        ])
    }
  }

  @Test func aSourceThatWasWrittenSince() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO notes (id, note) VALUES (1, 'a'), (2, 'b' || char(0))")
      #expect(try await place.refusal(PortOptions(chunkRows: 1)).count == 1)
      try await Task.sleep(for: .milliseconds(20))
      try await place.write("UPDATE notes SET note = 'b' WHERE id = 2")
      #expect(try await place.refusal().first?.contains("has been written since") == true)
      // Nobody may open the target meanwhile.
      await #expect(throws: GradusError.self) {
        try await VersionPresence.announce(version: 1, on: PhysicalDatabase(driver: place.target.driver))
      }
      #expect(try await place.port(PortOptions(startsOver: true)).status == .complete)
      #expect(try await place.rows("SELECT note FROM notes ORDER BY id") == [["a"], ["b"]])
    }
  }

  @Test func whatSomebodyLeftInTheTarget() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.writeTarget(
        "CREATE SEQUENCE left_seq", "CREATE TYPE mood AS ENUM ('good')",
        "CREATE FUNCTION before_all() RETURNS integer LANGUAGE sql AS 'SELECT 1'")
      #expect(
        try await place.refusal() == [
          "the target is not empty: it has routine public.before_all(), sequence public.left_seq, type public.mood"
        ])
    }
  }

  /// Whoever wrote the file had the module; this program has not.
  @Test func aVirtualTableOfAnUnknownModule() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        "INSERT INTO notes (id, note) VALUES (1, 'x')", "PRAGMA writable_schema = ON",
        """
        INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql)
        VALUES ('table', 'words', 'words', 0, 'CREATE VIRTUAL TABLE words USING no_such_module')
        """, "PRAGMA writable_schema = OFF")
      #expect(
        try await place.refusal() == [
          "words is a virtual table: leave it out, or name it under 'port: rebuild' in the ledger"
        ])
      let result = try await place.port(PortOptions(leaveOut: ["words"]))
      #expect(result.status == .complete)
      #expect(result.leftOut == ["words"])
    }
  }
}
