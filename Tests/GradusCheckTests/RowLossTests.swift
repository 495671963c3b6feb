import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// What tables lose that a version's deltas make anew, and what is no loss.
@Suite struct RowLossTests {
  struct Delta: CustomTestStringConvertible, Sendable {
    var sql: String
    var rules: [String]
    var engines: Set<Engine>
    var testDescription: String { sql }

    init(_ sql: String, finds rules: [String], on engines: Engine...) {
      self.sql = sql
      self.rules = rules
      self.engines = engines.isEmpty ? [.sqlite, .postgres] : Set(engines)
    }
  }

  private static let base = """
    CREATE TABLE t (id BIGINT PRIMARY KEY, a TEXT, n INTEGER);
    CREATE TABLE s (id BIGINT PRIMARY KEY, t BIGINT REFERENCES t (id) ON DELETE CASCADE);
    CREATE INDEX st ON s (t);
    CREATE TABLE r (id BIGINT PRIMARY KEY, t BIGINT REFERENCES t (id) ON DELETE SET NULL);
    CREATE INDEX rt ON r (t);
    CREATE TABLE u (id BIGINT PRIMARY KEY, a TEXT, n INTEGER);
    """

  private static let columns = "id BIGINT PRIMARY KEY, a TEXT, n INTEGER"

  /// A table made anew.
  ///
  /// - Parameters:
  ///   - copy: what brings its rows along.
  ///   - table: the table.
  ///   - definition: its columns.
  private static func rebuilt(
    _ copy: String, of table: String = "u", as definition: String = RowLossTests.columns
  ) -> String {
    """
    CREATE TABLE new_one (\(definition));
    \(copy)
    DROP TABLE \(table);
    ALTER TABLE new_one RENAME TO \(table);
    """
  }

  private static let losing = [
    Delta(
      rebuilt("INSERT INTO new_one SELECT *, NULL FROM t;", of: "t", as: columns + ", z TEXT"),
      finds: ["D14", "D14"],
      on: .sqlite),
    Delta(
      "PRAGMA defer_foreign_keys = ON;\n"
        + rebuilt("INSERT INTO new_one SELECT * FROM t;", of: "t"), finds: ["D14", "D14"], on: .sqlite),
    // The foreign keys have gone along with the old table.
    Delta(
      """
      ALTER TABLE t RENAME TO old;
      CREATE TABLE t (\(columns));
      INSERT INTO t SELECT * FROM old;
      DROP TABLE old;
      """, finds: ["C08", "C08", "D14", "D14"], on: .sqlite),
    Delta(rebuilt("SELECT 1;"), finds: ["D14"]),
    Delta(rebuilt("INSERT INTO new_one (id, a) SELECT id, a FROM u;"), finds: ["D14"]),
    Delta(rebuilt("INSERT INTO new_one (id, a, n) SELECT id, 'x', n FROM u;"), finds: ["D14"]),
    Delta(
      rebuilt("INSERT INTO new_one SELECT * FROM u;", as: "id BIGINT PRIMARY KEY, n INTEGER, a TEXT"),
      finds: ["D14"], on: .sqlite),
    Delta(rebuilt("INSERT OR IGNORE INTO new_one SELECT 1, a, n FROM u;"), finds: ["D14"], on: .sqlite),
    // No conversions: of another column, to NULL, of what is another row's, by a name alone.
    Delta(rebuilt("INSERT INTO new_one SELECT id, n || '!', n FROM u;"), finds: ["D14"]),
    Delta(rebuilt("INSERT INTO new_one SELECT id, nullif(a, a), n FROM u;"), finds: ["D14"]),
    Delta(
      rebuilt("INSERT INTO new_one SELECT id, CASE WHEN a IS NULL THEN 'x' END, n FROM u;"), finds: ["D14"]),
    Delta(rebuilt("INSERT INTO new_one SELECT id + 1, upper(a), n FROM u;"), finds: ["D14"]),
    Delta(rebuilt("INSERT INTO new_one (id, a, n) SELECT id, 'x' AS a, n FROM u;"), finds: ["D14"]),
    Delta("ALTER TABLE u DROP COLUMN a;\nALTER TABLE u ADD COLUMN a TEXT;", finds: ["D14"]),
    Delta(
      """
      DROP TABLE s;
      CREATE TABLE s (id BIGINT PRIMARY KEY, t BIGINT REFERENCES t (id) ON DELETE CASCADE);
      CREATE INDEX st ON s (t);
      """, finds: ["D14"]),
    Delta("TRUNCATE u;", finds: ["D14"], on: .postgres),
    Delta("TRUNCATE u;\nINSERT INTO u VALUES (1, 'a', 1), (2, 'b', 2);", finds: ["D14"], on: .postgres),
    Delta("ALTER TABLE u ALTER COLUMN a TYPE TEXT USING NULL;", finds: ["D14", "P05"], on: .postgres),
  ]

  private static let keeping = [
    Delta(rebuilt("INSERT INTO new_one (n, a, id) SELECT n, a, id FROM u;"), finds: []),
    Delta(rebuilt("INSERT INTO new_one SELECT id, coalesce(a, ''), n FROM u;"), finds: []),
    Delta(rebuilt("INSERT INTO new_one SELECT id, upper(a), n FROM u;"), finds: []),
    Delta(
      rebuilt("INSERT INTO new_one (n, a, id) SELECT n + 1 AS n, CAST(u.a AS TEXT) || '!', id FROM u;"),
      finds: []),
    Delta(
      """
      ALTER TABLE u RENAME TO old;
      CREATE TABLE u (\(columns));
      INSERT INTO u SELECT id, upper(a), n FROM old;
      DROP TABLE old;
      """, finds: [], on: .sqlite),
    Delta(
      rebuilt("INSERT INTO new_one SELECT * FROM u;") + "\nUPDATE u SET a = 'x';", finds: [], on: .sqlite
    ),
    Delta(
      rebuilt("INSERT INTO new_one SELECT * FROM u;", as: "id BIGINT PRIMARY KEY, a VARCHAR(9), n BIGINT"),
      finds: [], on: .sqlite),
    Delta(
      "-- gradus:no-transaction\nPRAGMA foreign_keys = OFF;\n"
        + rebuilt("INSERT OR IGNORE INTO new_one SELECT * FROM t;", of: "t")
        .replacing("CREATE TABLE", with: "CREATE TABLE IF NOT EXISTS"), finds: [], on: .sqlite),
    Delta(
      """
      ALTER TABLE u RENAME TO old;
      CREATE TABLE u (\(columns));
      INSERT INTO u SELECT * FROM old;
      DROP TABLE old;
      """, finds: [], on: .sqlite),
    Delta("UPDATE u SET a = NULL;", finds: ["P09"]),
    Delta("DELETE FROM t;", finds: ["P09"]),
    // Rows go along with those that are deleted.
    Delta(
      """
      CREATE TABLE new_one (id BIGINT PRIMARY KEY, t BIGINT REFERENCES t (id) ON DELETE CASCADE);
      INSERT INTO new_one SELECT * FROM s;
      DROP TABLE s;
      ALTER TABLE new_one RENAME TO s;
      CREATE INDEX st ON s (t);
      DELETE FROM t WHERE id >= 0;
      """, finds: ["P09"], on: .sqlite),
    Delta("ALTER TABLE u RENAME TO w;", finds: ["C03"]),
    Delta("ALTER TABLE u DROP COLUMN a;", finds: ["C01"]),
  ]

  private static func check(_ engine: Engine, _ delta: String) async throws -> [Finding] {
    try await Corpus.check(
      [engine], ["schema/main/1/01_base.sql": base, "delta/main/2/01_change.sql": delta])
  }

  @Test(arguments: TestDatabase.availableEngines, losing + keeping)
  func whatIsLostIsFoundAndNothingElse(engine: Engine, delta: Delta) async throws {
    guard delta.engines.contains(engine) else { return }
    let findings = try await Self.check(engine, delta.sql)
    #expect(findings.map(\.rule).sorted() == delta.rules, "\(findings.map(\.message))")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theStatementIsNamed(engine: Engine) async throws {
    let finding = try #require(
      try await Self.check(engine, Self.rebuilt("INSERT INTO new_one (id) SELECT id FROM u;")).first)
    #expect(finding.message == "'u.a' is NULL where it had a value; 'u.n' is NULL where it had a value")
    #expect(finding.position == SourcePosition(line: 3, column: 1))
    #expect(finding.statement?.hasPrefix("DROP TABLE u") == true)
  }

  /// What one delta makes another one puts in a table's place.
  @Test(arguments: TestDatabase.availableEngines)
  func aTableIsFollowedOverDeltas(engine: Engine) async throws {
    let findings = try await Corpus.check(
      [engine],
      [
        "schema/main/1/01_base.sql": Self.base,
        "delta/main/2/01_make.sql": "CREATE TABLE new_one (\(Self.columns));",
        "delta/main/2/02_drop.sql": "DROP TABLE u;\nALTER TABLE new_one RENAME TO u;",
      ])
    #expect(findings.map(\.rule) == ["D14"], "\(findings.map(\.message))")
    #expect(findings.first?.file == "delta/main/2/02_drop.sql")
  }

  /// A row waits for what it refers to, whatever the tables' names are, and is as its checks demand.
  @Test(arguments: TestDatabase.availableEngines)
  func aTableThatRefersToALaterOneHasRows(engine: Engine) async throws {
    let findings = try await Corpus.check(
      [engine],
      [
        "schema/main/1/01_base.sql": """
        CREATE TABLE orders (id BIGINT PRIMARY KEY);
        CREATE TABLE items (
          id BIGINT PRIMARY KEY, o BIGINT NOT NULL REFERENCES orders (id), qty INTEGER NOT NULL CHECK (qty > 0), note TEXT
        );
        CREATE INDEX items_o ON items (o);
        """,
        "delta/main/2/01_change.sql":
          "ALTER TABLE items DROP COLUMN note;\nALTER TABLE items ADD COLUMN note TEXT;",
      ])
    #expect(findings.map(\.rule) == ["D14"], "\(findings.map(\.message))")
  }
}
