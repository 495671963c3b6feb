import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// Which rows the comparison at the end finds, and what it says of them.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct VerificationTests {
  private static let many = 300
  private static let numbers =
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(many))"

  /// Many rows that are alike but for one value, in tables without a key that finds them, and with all kinds of keys.
  @Test(arguments: [
    (
      "m (name TEXT, value DOUBLE PRECISION)", "m (name TEXT, value DOUBLE PRECISION)", "'cpu', i + 0.5"
    ),
    ("m (id NUMERIC PRIMARY KEY, name TEXT)", "m (id NUMERIC(20, 0) PRIMARY KEY, name TEXT)", "i, 'x'"),
    (
      "m (id TEXT PRIMARY KEY, kind TEXT, data TEXT)", "m (id UUID PRIMARY KEY, kind TEXT, data JSONB)",
      "upper(printf('%032x', i)), 'k', json_object('n', i)"
    ),
    ("m (kind TEXT, data TEXT)", "m (kind TEXT, data JSONB)", "'k', json_object('n', i)"),
    (
      "m (kind TEXT, at TEXT)", "m (kind TEXT, at TIMESTAMP WITH TIME ZONE)",
      "'k', datetime(1700000000 + i, 'unixepoch')"
    ),
    // What cannot be compared may be among the rows that are not looked at.
    ("m (kind TEXT, data TEXT)", "m (kind TEXT, data JSON)", "'k', json_object('n', i)"),
    ("m (kind TEXT, price REAL)", "m (kind TEXT, price MONEY)", "'k', i"),
  ])
  func manyLikeRows(sqlite: String, postgres: String, values: String) async throws {
    try await PortPlace.with(sqlite: "CREATE TABLE \(sqlite);", postgres: "CREATE TABLE \(postgres);") {
      place in
      try await place.write("INSERT INTO m \(Self.numbers) SELECT \(values) FROM n")
      let result = try await place.port()
      #expect(result.status == .complete, "\(result.differences)")
    }
  }

  @Test func aFewOfManyDifferencesAreNamed() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE pairs (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID;",
      postgres: "CREATE TABLE pairs (k TEXT PRIMARY KEY, v TEXT);"
    ) { place in
      try await place.write("INSERT INTO pairs \(Self.numbers) SELECT 'k' || i, 'v' FROM n WHERE i <= 20")
      #expect(try await place.port().status == .complete)
      try await place.damage("UPDATE pairs SET v = 'w'")
      let differences = try await place.port().differences
      #expect(differences.count == 6)
      #expect(
        differences.prefix(5).allSatisfy {
          $0.hasPrefix("pairs: the row with k = 'k") && $0.hasSuffix("' differs in v")
        })
      #expect(differences.last == "pairs: 15 more of 20 compared rows differ")
    }
  }

  /// More than there are rows of: each is compared, however far their numbers lie apart.
  @Test func everyRowMayBeCompared() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE numbers (id INTEGER PRIMARY KEY, n INTEGER);",
      postgres: "CREATE TABLE numbers (id BIGINT PRIMARY KEY, n BIGINT);"
    ) { place in
      try await place.write(
        "INSERT INTO numbers \(Self.numbers) SELECT i, i FROM n",
        "INSERT INTO numbers VALUES (9000000000000000000, 0)")
      let options = PortOptions(sample: .max)
      #expect(try await place.port(options).status == .complete)
      try await place.damage("UPDATE numbers SET n = 0 WHERE id = 10")
      #expect(
        try await place.port(options).differences == ["numbers: the row with row id 10 differs in n"])
    }
  }

  /// The server compares these: it writes them in its own way.
  @Test func aTimeThatDiffers() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE visits (id INTEGER PRIMARY KEY, at TEXT);",
      postgres: "CREATE TABLE visits (id BIGINT PRIMARY KEY, at TIMESTAMP WITH TIME ZONE);"
    ) { place in
      try await place.write("INSERT INTO visits VALUES (1, '2024-01-31T10:11:12+05:30')")
      #expect(try await place.port().status == .complete)
      try await place.damage("UPDATE visits SET at = at + INTERVAL '1 hour'")
      #expect(
        try await place.port().differences == [
          "visits: the row with row id 1 is not in the target, or differs"
        ])
    }
  }

  /// Spaces at the end count for nothing; letters that Swift takes for the same do.
  @Test func aPaddedTextOfOtherBytes() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE marks (id INTEGER PRIMARY KEY, mark TEXT);",
      postgres: "CREATE TABLE marks (id BIGINT PRIMARY KEY, mark CHAR(4));"
    ) { place in
      try await place.write("INSERT INTO marks VALUES (1, 'e\u{301} ')")
      #expect(try await place.port().status == .complete)
      try await place.damage("UPDATE marks SET mark = '\u{E9}'")
      #expect(try await place.port().differences == ["marks: the row with row id 1 differs in mark"])
    }
  }

  /// Its rows are not those of tables that inherit from it.
  @Test func tablesThatInherit() async throws {
    try await PortPlace.with(
      sqlite: """
        CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TABLE students (id INTEGER PRIMARY KEY, name TEXT, year INTEGER);
        """,
      postgres: """
        CREATE TABLE people (id BIGSERIAL PRIMARY KEY, name TEXT);
        CREATE TABLE students (year INTEGER, PRIMARY KEY (id)) INHERITS (people);
        """
    ) { place in
      try await place.write("INSERT INTO people VALUES (1, 'a')", "INSERT INTO students VALUES (7, 'b', 2)")
      let result = try await place.port()
      #expect(result.status == .complete, "\(result.differences)")
      // Both count by one sequence.
      #expect(try await place.rows("INSERT INTO people (name) VALUES ('c') RETURNING id") == [[8]])
    }
  }

  /// Of the same letters in another order than the column's.
  @Test(arguments: [1, 3]) func aKeyWithACollationOfItsOwn(chunkRows: Int) async throws {
    try await PortPlace.with(
      sqlite: """
        CREATE TABLE k (id TEXT COLLATE NOCASE NOT NULL, n INT, v INT, PRIMARY KEY (id COLLATE BINARY, n)) WITHOUT ROWID;
        CREATE TABLE folded (id TEXT NOT NULL, v INT, PRIMARY KEY (id COLLATE NOCASE)) WITHOUT ROWID;
        """,
      postgres: """
        CREATE TABLE k (id TEXT, n INT, v INT, PRIMARY KEY (id, n));
        CREATE TABLE folded (id TEXT PRIMARY KEY, v INT);
        """
    ) { place in
      try await place.write(
        "INSERT INTO k VALUES ('a', 1, 1), ('A', 1, 2), ('b', 1, 3), ('B', 1, 4), ('B', 2, 5), ('Ca', 1, 6), ('cA', 1, 7)",
        "INSERT INTO folded VALUES ('a', 1), ('B', 2), ('c', 3), ('D', 4)")
      let result = try await place.port(PortOptions(chunkRows: chunkRows))
      #expect(result.status == .complete, "\(result.differences)")
      #expect(
        try await place.rows("SELECT v FROM k ORDER BY v") == (1...7).map { [SQLValue.integer(Int64($0))] })
      #expect(
        try await place.rows("SELECT v FROM folded ORDER BY v")
          == (1...4).map { [SQLValue.integer(Int64($0))] })
    }
  }
}
