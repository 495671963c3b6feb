import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// What the server would take and change without a word stops the port, and is named.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct LossTests {
  /// SQLite keeps each value as it was given.
  static let files = PortPlace.files(
    sqlite: "CREATE TABLE kept (id INTEGER PRIMARY KEY, v, c, n, d, s, m, o, f, p, w);",
    postgres: """
      CREATE DOMAIN rate AS NUMERIC(5, 1);
      CREATE DOMAIN fee AS rate CHECK (VALUE >= 0);
      CREATE DOMAIN word AS VARCHAR(3);
      CREATE TABLE kept (
        id BIGINT PRIMARY KEY, v VARCHAR(3), c CHAR(3), n NAME, d DATE, s TIMESTAMP, m TIMESTAMP(3),
        o TIMESTAMP WITH TIME ZONE, f fee, p MONEY, w word);
      """)

  @Test func textsAndNumbers() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        "INSERT INTO kept (id, v) VALUES (1, 'abc   ')", "INSERT INTO kept (id, v) VALUES (2, 1234)",
        "INSERT INTO kept (id, n) VALUES (3, printf('%.70c', 'x'))",
        "INSERT INTO kept (id, f) VALUES (4, 1.55)", "INSERT INTO kept (id, w) VALUES (5, 'abc ')",
        "INSERT INTO kept (id, p) VALUES (6, 1.005)", "INSERT INTO kept (id, p) VALUES (7, '$1.005')")
      #expect(
        try await place.refusal() == [
          "kept.v of the row with row id 1 holds more than 3 characters",
          "kept.v of the row with row id 2 holds more than 3 characters",
          "kept.n of the row with row id 3 holds more than 63 bytes",
          "kept.f of the row with row id 4 holds a number that numeric with 1 decimal places would round",
          "kept.w of the row with row id 5 holds more than 3 characters",
          "kept.p of the row with row id 6 holds a number that money would round",
          "kept.p of the row with row id 7 holds a number that money would round",
        ])
    }
  }

  @Test func times() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        "INSERT INTO kept (id, d) VALUES (1, '2024-01-01 23:59:59')",
        "INSERT INTO kept (id, d) VALUES (2, 'today')",
        "INSERT INTO kept (id, s) VALUES (3, '2024-01-01T00:00:00+05:00')",
        "INSERT INTO kept (id, s) VALUES (4, '2024-01-01 00:00:00.1234567')",
        "INSERT INTO kept (id, m) VALUES (5, '2024-01-01 00:00:00.1234')",
        "INSERT INTO kept (id, o) VALUES (6, 'Now')", "INSERT INTO kept (id, o) VALUES (7, 1700001015)")
      #expect(
        try await place.refusal() == [
          "kept.d of the row with row id 1 holds a time of day, which date would drop",
          "kept.d of the row with row id 2 \(Self.noTime)",
          "kept.s of the row with row id 3 holds an offset from UTC, which timestamp without time zone would drop",
          "kept.s of the row with row id 4 holds a second with more decimal places than the 6 that the column keeps",
          "kept.m of the row with row id 5 holds a second with more decimal places than the 3 that the column keeps",
          "kept.o of the row with row id 6 \(Self.noTime)", "kept.o of the row with row id 7 \(Self.noTime)",
        ])
    }
  }

  private static let noTime =
    "holds no date or time as ISO 8601 writes it, such as 2024-01-31 10:11:12.5+01:00"

  @Test func whatTheColumnsKeep() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write(
        """
        INSERT INTO kept (id, v, c, n, d, s, m, o, f, p, w) VALUES
          (1, 'äöü', 'ab   ', printf('%.63c', 'x'), '2024-01-31 00:00:00', '2024-01-31T10:11:12Z',
            '2024-01-31 10:11:12.1230', '2024-01-31 10:11:12.123456+05', 1.5, '$1,000.05', 'abc'),
          (2, 123, NULL, '', '20240131', '2024-01-31 10:11:12.123456+00:00', 'infinity', '2024-01-31 10:11Z', 2, 7, '')
        """)
      let result = try await place.port()
      #expect(result.status == .complete, "\(result.differences)")
      #expect(
        try await place.rows(
          "SELECT v::text, c::text, length(n::text), d::text, s::text, m::text, f::text, w::text FROM kept ORDER BY id"
        ) == [
          ["äöü", "ab", 63, "2024-01-31", "2024-01-31 10:11:12", "2024-01-31 10:11:12.123", "1.5", "abc"],
          ["123", .null, 0, "2024-01-31", "2024-01-31 10:11:12.123456", "infinity", "2.0", ""],
        ])
      #expect(try await place.rows("SELECT p = 1000.05::money FROM kept WHERE id = 1") == [[true]])
      #expect(
        try await place.rows(
          "SELECT o = '2024-01-31 05:11:12.123456+00'::timestamptz FROM kept WHERE id = 1") == [[true]])
    }
  }

  /// Whatever the server takes times and numbers for elsewhere.
  @Test func settingsOfTheDatabase() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE kept (id INTEGER PRIMARY KEY, o, d, r);",
      postgres: """
        CREATE TABLE kept (id BIGINT PRIMARY KEY, o TIMESTAMP WITH TIME ZONE, d DATE, r DOUBLE PRECISION);
        """
    ) { place in
      for (setting, value) in [
        ("timezone", "America/New_York"), ("datestyle", "SQL, DMY"), ("extra_float_digits", "0"),
      ] { try await place.setOfTarget(setting, value) }
      // In New York there is no such time.
      try await place.write("INSERT INTO kept VALUES (1, '2024-03-10 02:30:00', '2024-02-01', 1 / 3.0)")
      let result = try await place.port()
      #expect(result.status == .complete, "\(result.differences)")
      #expect(
        try await place.rows(
          """
          SELECT o = '2024-03-10 02:30:00+00'::timestamptz, d = make_date(2024, 2, 1), r = 1 / 3.0::float8 FROM kept
          """) == [[true, true, true]])
    }
  }

  /// A domain's values are compared as those of what it is made of.
  @Test func aDomainThatDiffersIsFound() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO kept (id, f) VALUES (1, 1.5)")
      #expect(try await place.port().status == .complete)
      try await place.damage("UPDATE kept SET f = 1.6")
      #expect(try await place.port().differences == ["kept: the row with row id 1 differs in f"])
    }
  }

  /// The server then writes the domain's name in quotes.
  @Test func aDomainWhereAllNamesAreQuoted() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.setOfTarget("quote_all_identifiers", "on")
      try await place.write("INSERT INTO kept (id, f) VALUES (4, 1.55)")
      #expect(
        try await place.refusal() == [
          "kept.f of the row with row id 4 holds a number that numeric with 1 decimal places would round"
        ])
    }
  }

  /// The server writes JSON's numbers and members in its own way.
  @Test func valuesOfJSON() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE facts (id INTEGER PRIMARY KEY, j);",
      postgres: "CREATE TABLE facts (id BIGINT PRIMARY KEY, j JSONB);"
    ) { place in
      try await place.write(
        #"""
        INSERT INTO facts VALUES (1, 1e22), (2, '{"a":1e16}'), (3, '-0.0'), (4, '{"bb": 1, "a": 2, "bb": 3}'),
          (5, '["\u00e9\ud83d\ude00", 1.50, 12345678901234567890.125]'), (6, -0.0), (7, 5)
        """#)
      let result = try await place.port()
      #expect(result.status == .complete, "\(result.differences)")
      try await place.damage(#"UPDATE facts SET j = '{"a": 10000000000000001}' WHERE id = 2"#)
      #expect(try await place.port().differences == ["facts: the row with row id 2 differs in j"])
    }
  }

  /// Only the names of Gradus's own tables are taken.
  @Test func aTableThatIsNamedAsGradusNamesItsOwn() async throws {
    let tables = """
      CREATE TABLE gradus_notes (id BIGINT PRIMARY KEY, note TEXT);
      CREATE INDEX gradus_notes_note ON gradus_notes (note);
      """
    try await PortPlace.with(sqlite: tables, postgres: tables) { place in
      try await place.write("INSERT INTO gradus_notes VALUES (1, 'x')")
      let result = try await place.port()
      #expect(result.status == .complete)
      #expect(result.tables.first { $0.name == "gradus_notes" }?.rows == 1)
      #expect(try await place.rows("SELECT id, note FROM gradus_notes") == [[1, "x"]])
      #expect(try await place.rows("SELECT to_regclass('gradus_notes_note') IS NOT NULL") == [[true]])
    }
  }
}
