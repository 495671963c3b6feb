import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// Rows as odd as SQLite allows come to PostgreSQL as they are.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct RoundTripTests {
  static let files = PortPlace.files(
    sqlite: """
      CREATE TABLE odd (id INTEGER PRIMARY KEY, t TEXT, b BLOB, flag BOOLEAN, n BIGINT, r REAL, j JSONB);
      CREATE TABLE plain (a TEXT, n BIGINT);
      CREATE TABLE pairs (k TEXT, n INTEGER, v TEXT, PRIMARY KEY (k, n)) WITHOUT ROWID;
      CREATE TABLE tree (id INTEGER PRIMARY KEY, parent BIGINT REFERENCES tree (id));
      CREATE TABLE hens (id INTEGER PRIMARY KEY, egg BIGINT REFERENCES eggs (id) DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE eggs (id INTEGER PRIMARY KEY, hen BIGINT REFERENCES hens (id) DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE sums (a BIGINT PRIMARY KEY, b BIGINT, c BIGINT GENERATED ALWAYS AS (a + b) STORED);
      CREATE TABLE Counted (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
      CREATE INDEX plain_n ON plain (n);
      """,
    postgres: """
      CREATE TABLE odd (id BIGINT PRIMARY KEY, t TEXT, b BYTEA, flag BOOLEAN, n BIGINT, r DOUBLE PRECISION, j JSONB);
      CREATE TABLE plain (a TEXT, n BIGINT);
      CREATE TABLE pairs (k TEXT, n INTEGER, v TEXT, PRIMARY KEY (k, n));
      CREATE TABLE tree (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES tree (id));
      CREATE TABLE eggs (id BIGINT PRIMARY KEY, hen BIGINT);
      CREATE TABLE hens (id BIGINT PRIMARY KEY, egg BIGINT REFERENCES eggs (id));
      ALTER TABLE eggs ADD FOREIGN KEY (hen) REFERENCES hens (id);
      CREATE TABLE sums (a BIGINT PRIMARY KEY, b BIGINT, c BIGINT GENERATED ALWAYS AS (a + b) STORED);
      CREATE TABLE counted (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT);
      CREATE INDEX plain_n ON plain (n);
      CREATE SEQUENCE odd_seq;
      CREATE SEQUENCE low_seq;
      CREATE SEQUENCE unknown_seq;
      CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN NEW.a = NEW.a || NEW.a; RETURN NEW; END $body$;
      CREATE TRIGGER plain_twice BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION twice();
      """,
    port: """
      port:
        sequences:
          odd_seq: [odd.id, plain.n, missing.column]
          low_seq: {lowest_of: odd.id}
      """)

  /// Texts that a careless writer of COPY's format would mangle.
  static let texts = [
    "", "plain", "tab\there", "line\nfeed", "carriage\r\nreturn", "back\\slash", "\\N", "\\.", "\\x41", "'\"",
    "{}", "NULL", "äöü", "日本", "👩‍👩‍👧", "e\u{301}", "\u{1}\u{8}\u{b}\u{c}\u{7f}", "\u{10FFFF}", "trailing ",
    "\\\n", "\\t",
  ]

  private func fill(_ place: PortPlace) async throws {
    let session = try await place.source.open()
    try await session.transaction { connection in
      for (index, text) in Self.texts.enumerated() {
        try connection.execute(
          "INSERT INTO odd (id, t, b) VALUES ($1, $2, $3)",
          [.integer(Int64(index) - 5), .text(text), .blob(Array(text.utf8) + [0, 255, 92, 10])])
        try connection.execute(
          "INSERT INTO pairs (k, n, v) VALUES ($1, $2, $3)",
          [.text(text), .integer(Int64(index)), .text(text)])
      }
      try connection.execute(
        """
        INSERT INTO odd (id, t, b, flag, n, r, j) VALUES
          (-9223372036854775808, NULL, x'', 1, 9223372036854775807, 1e308, '{"b": 1, "a": [1.5, null]}'),
          (9223372036854775806, NULL, NULL, 0, -9223372036854775808, 9e999, '"x"'),
          (1000, NULL, 'text', NULL, NULL, -9e999, NULL),
          (1001, NULL, NULL, 0, 5.0, 0.1, '[]'),
          (1002, NULL, NULL, 1, 0, -0.0, '3')
        """)
      try connection.execute("INSERT INTO plain VALUES ('a', 1), ('a', 1), (NULL, NULL), ('', 70)")
      // A child before its parent.
      try connection.execute("PRAGMA defer_foreign_keys = ON")
      try connection.execute("INSERT INTO tree VALUES (1, 3), (2, 2), (3, NULL)")
      try connection.execute("INSERT INTO hens VALUES (1, 1), (2, NULL)")
      try connection.execute("INSERT INTO eggs VALUES (1, 1)")
      try connection.execute("INSERT INTO sums (a, b) VALUES (1, 2), (3, NULL)")
      try connection.execute("INSERT INTO counted VALUES (5, 'five'), (9, 'nine')")
      try connection.execute("DELETE FROM counted WHERE id = 9")
    }
  }

  /// - Parameter chunkRows: with one row a transaction every key is gone on after.
  @Test(arguments: [1, 3, 50_000])
  func everyValue(chunkRows: Int) async throws {
    try await PortPlace.with(Self.files) { place in
      try await fill(place)
      let result = try await place.port(PortOptions(chunkRows: chunkRows))
      #expect(result.status == .complete)
      #expect(result.differences == [])
      #expect(result.tables.map(\.rows).reduce(0, +) == 2 * Self.texts.count + 5 + 4 + 3 + 3 + 2 + 1)
      let source = try await place.source.open()
      for (sql, columns) in [
        ("SELECT id, t, b, n, r FROM odd ORDER BY id", 5), ("SELECT k, n, v FROM pairs ORDER BY n", 3),
        ("SELECT a, n FROM plain ORDER BY n, a", 2), ("SELECT a, b, c FROM sums ORDER BY a", 3),
        ("SELECT id, parent FROM tree ORDER BY id", 2), ("SELECT id, egg FROM hens ORDER BY id", 2),
        ("SELECT id, name FROM counted", 2),
      ] {
        let sql = sql.replacing("n, a", with: "n NULLS LAST, a")
        let expected = try await source.run { try $0.query(sql).map(\.values) }
        let found = try await place.rows(sql)
        #expect(found.count == expected.count)
        for (expected, found) in zip(expected, found) {
          for index in 0..<columns {
            if case .text(let text) = expected[index], case .blob(let bytes) = found[index] {
              #expect(Array(text.utf8) == bytes)
            } else if case .double(let double) = expected[index], case .integer(let integer) = found[index] {
              #expect(double == Double(integer))
            } else {
              #expect(expected[index] == found[index])
            }
          }
        }
      }
      #expect(
        try await place.rows("SELECT flag FROM odd WHERE id >= 1000 ORDER BY id").map { $0[0] } == [
          .null, .boolean(false), .boolean(true), .boolean(false),
        ])
      #expect(
        try await place.rows("SELECT j::text FROM odd WHERE id IN (-9223372036854775808, 1000) ORDER BY id")
          == [
            [.text(#"{"a": [1.5, null], "b": 1}"#)], [.null],
          ])
    }
  }

  @Test func bookkeepingSequencesAndWhatWasSetAside() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        "INSERT INTO odd (id) VALUES (-7), (30)", "INSERT INTO plain VALUES ('x', 41)",
        "INSERT INTO counted VALUES (9, 'nine')", "DELETE FROM counted")
      let result = try await place.port()
      #expect(result.warnings.count == 1)
      #expect(result.warnings.first?.contains("unknown_seq") == true)
      #expect(try await place.rows("SELECT nextval('odd_seq')") == [[42]])
      #expect(try await place.rows("SELECT nextval('low_seq')") == [[8]])
      #expect(try await place.rows("INSERT INTO counted (name) VALUES ('x') RETURNING id") == [[10]])
      #expect(try await place.rows("SELECT version, upgraded FROM schema_version") == [[1, false]])
      #expect(try await place.rows("SELECT compat_version FROM schema_compat_version") == [[1]])
      #expect(try await place.rows("SELECT * FROM background_updates") == [])
      #expect(try await place.rows("SELECT * FROM gradus_port_set_aside") == [])
      // The trigger was off while rows were copied, and is on again.
      #expect(try await place.rows("SELECT a FROM plain") == [["x"]])
      #expect(try await place.rows("INSERT INTO plain VALUES ('y', 1) RETURNING a") == [["yy"]])
      #expect(
        try await place.rows("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated") == [
          [3]
        ])
      #expect(try await place.rows("SELECT to_regclass('plain_n') IS NOT NULL") == [[true]])
      #expect(
        try await place.rows("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'gradus%'") == [[0]])
      #expect(try await place.port().status == .alreadyComplete)
    }
  }

  @Test func dryRunChangesNothing() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO plain VALUES ('x', 41)")
      let result = try await place.port(isDryRun: true)
      #expect(result.status == .dryRun)
      #expect(result.tables.first { $0.name == "plain" }?.rows == 1)
      #expect(
        try await place.rows(
          "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [[0]])
    }
  }

  @Test func aChangedRowIsFound() async throws {
    try await PortPlace.with(Self.files) { place in
      try await fill(place)
      #expect(try await place.port().status == .complete)
      try await place.damage(
        "UPDATE odd SET t = t || ' ' WHERE id = -3", "DELETE FROM tree WHERE id = 2")
      let result = try await place.port(PortOptions(sample: 2_000))
      #expect(result.status == .differs)
      #expect(result.differences.contains { $0.hasPrefix("tree: the target has 2 rows") })
    }
  }
}
