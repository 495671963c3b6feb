import GradusCatalog
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusCheck

/// Which tables get generated rows: of those that get none, nothing can be told.
@Suite struct GeneratedRowsTests {
  struct Schema: CustomTestStringConvertible, Sendable {
    var sql: String
    var engines: Set<Engine>
    var testDescription: String { sql }

    init(_ sql: String, on engines: Engine...) {
      self.sql = sql
      self.engines = engines.isEmpty ? [.sqlite, .postgres] : Set(engines)
    }
  }

  private static let schemas = [
    // Before what it refers to in the alphabet, and with a check.
    Schema(
      """
      CREATE TABLE orders (id BIGINT PRIMARY KEY);
      CREATE TABLE items (
        id BIGINT PRIMARY KEY, o BIGINT NOT NULL REFERENCES orders, qty INTEGER NOT NULL CHECK (qty > 0)
      );
      """),
    Schema(
      """
      CREATE TABLE b (id BIGINT PRIMARY KEY);
      CREATE TABLE c (id BIGINT PRIMARY KEY, b BIGINT NOT NULL REFERENCES b);
      CREATE TABLE a (id BIGINT PRIMARY KEY, c BIGINT NOT NULL REFERENCES c CHECK (c > 0));
      """),
    // In a circle that is open at one place.
    Schema(
      """
      CREATE TABLE a (id BIGINT PRIMARY KEY, b BIGINT REFERENCES b);
      CREATE TABLE b (id BIGINT PRIMARY KEY, a BIGINT NOT NULL REFERENCES a);
      """, on: .sqlite),
    Schema(
      """
      CREATE TABLE a (id BIGINT PRIMARY KEY, b BIGINT);
      CREATE TABLE b (id BIGINT PRIMARY KEY, a BIGINT NOT NULL REFERENCES a);
      ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
      """, on: .postgres),
    // Checks that have nothing to do with each other.
    Schema(
      """
      CREATE TABLE t (
        id BIGINT PRIMARY KEY, a INTEGER NOT NULL CHECK (a < 10), b TEXT NOT NULL CHECK (length(b) = 32),
        c TEXT NOT NULL CHECK (c IN ('x', 'y')), d INTEGER NOT NULL CHECK (d BETWEEN 3 AND 5),
        e REAL NOT NULL CHECK (e > 0 AND e < 1), f TEXT NOT NULL CHECK (length(f) < 4)
      );
      """),
    Schema(
      """
      CREATE TABLE t (
        id BIGINT PRIMARY KEY, since INTEGER NOT NULL, until INTEGER NOT NULL, CHECK (since < until)
      );
      """),
    Schema(
      """
      CREATE TABLE t (
        id BIGINT PRIMARY KEY, kind TEXT NOT NULL, size INTEGER NOT NULL,
        CHECK (kind = 'few' AND size < 5 OR kind = 'many' AND size > 9000)
      );
      """),
    Schema("CREATE TABLE t (id BIGINT PRIMARY KEY, note TEXT CHECK (note IS NOT NULL));"),
    // The keys are a short list.
    Schema(
      """
      CREATE TABLE kinds (kind TEXT PRIMARY KEY CHECK (kind IN ('few', 'many', 'all') AND length(kind) < 9));
      CREATE TABLE sizes (size INTEGER PRIMARY KEY CHECK (size IN (1, 2)));
      CREATE TABLE things (id BIGINT PRIMARY KEY, kind TEXT NOT NULL UNIQUE REFERENCES kinds);
      """),
    Schema(
      "CREATE TABLE t (id BIGINT PRIMARY KEY, rating DECIMAL(3, 2) NOT NULL CHECK (rating <= 5));"),
    Schema(
      "CREATE TABLE t (id BIGINT PRIMARY KEY, hash BYTEA NOT NULL CHECK (octet_length(hash) = 32));",
      on: .postgres),
    Schema(
      """
      CREATE TYPE "OrderStatus" AS ENUM ('new', 'done');
      CREATE TABLE t (id BIGINT PRIMARY KEY, s "OrderStatus" NOT NULL, a "OrderStatus"[] NOT NULL);
      """, on: .postgres),
    Schema(
      """
      CREATE DOMAIN percent AS INTEGER CHECK (VALUE BETWEEN 0 AND 100);
      CREATE DOMAIN "Code" AS VARCHAR(9) COLLATE "C" DEFAULT 'abc' NOT NULL CHECK (length(VALUE) = 3);
      CREATE TABLE t (id BIGINT PRIMARY KEY, p percent NOT NULL, c "Code");
      """, on: .postgres),
    Schema(
      """
      CREATE TABLE t (
        id BIGINT PRIMARY KEY, a NUMERIC(3, 2) NOT NULL UNIQUE, b NUMERIC(4, 4) NOT NULL, c NUMERIC(6, 2)[] NOT NULL,
        d NUMERIC(30, 2) NOT NULL
      );
      """, on: .postgres),
    Schema(
      """
      CREATE TYPE pair AS (a INTEGER, b NUMERIC(3, 2));
      CREATE TYPE floats AS RANGE (SUBTYPE = float8);
      CREATE TABLE t (
        id BIGINT PRIMARY KEY, a int4range NOT NULL, b daterange NOT NULL, c tstzrange NOT NULL, d numrange NOT NULL,
        e int8multirange NOT NULL, f floats NOT NULL, g pair NOT NULL, h bit(3) NOT NULL, i bit varying NOT NULL,
        j macaddr NOT NULL, k macaddr8 NOT NULL, l regclass NOT NULL, m int4range[] NOT NULL
      );
      CREATE TABLE shapes (
        id BIGINT PRIMARY KEY, a point NOT NULL, b line NOT NULL, c lseg NOT NULL, d box NOT NULL, e path NOT NULL,
        f polygon NOT NULL, g circle NOT NULL, h jsonpath NOT NULL, i pg_lsn NOT NULL
      );
      """, on: .postgres),
    Schema(
      "CREATE TABLE t (id BIGINT PRIMARY KEY, tags JSONB NOT NULL CHECK (jsonb_typeof(tags) = 'array'));",
      on: .postgres),
    Schema(
      "CREATE TABLE t (id BIGINT PRIMARY KEY, tags TEXT NOT NULL CHECK (json_type(tags) = 'array'));",
      on: .sqlite),
    // What is referred to is not what the column would hold by itself.
    Schema(
      """
      CREATE TABLE kinds (kind VARCHAR(3) PRIMARY KEY);
      CREATE TABLE owners (id BIGINT PRIMARY KEY, code TEXT NOT NULL GENERATED ALWAYS AS ('k' || id::text) STORED UNIQUE);
      CREATE TABLE things (
        id BIGINT PRIMARY KEY, kind TEXT NOT NULL REFERENCES kinds CHECK (kind <> 'v7001'),
        owner TEXT NOT NULL UNIQUE REFERENCES owners (code)
      );
      """, on: .postgres),
    Schema(
      """
      CREATE TABLE owners (id BIGINT, place TEXT, code TEXT AS ('k' || id) STORED UNIQUE, PRIMARY KEY (id, place));
      CREATE TABLE things (
        id BIGINT PRIMARY KEY, owner TEXT NOT NULL UNIQUE REFERENCES Owners (Code),
        a BIGINT, b TEXT NOT NULL, FOREIGN KEY (a, b) REFERENCES owners
      );
      """, on: .sqlite),
    // In a circle that is closed, and looked at when all is there.
    Schema(
      """
      CREATE TABLE a (id BIGINT PRIMARY KEY, b BIGINT NOT NULL REFERENCES b DEFERRABLE INITIALLY DEFERRED);
      CREATE TABLE b (id BIGINT PRIMARY KEY, a BIGINT NOT NULL REFERENCES a DEFERRABLE INITIALLY DEFERRED);
      """, on: .sqlite),
    // A partition has the rows of its table.
    Schema(
      """
      CREATE TABLE days (id BIGINT NOT NULL, day DATE NOT NULL) PARTITION BY RANGE (day);
      CREATE TABLE days_2024 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE TABLE "Kinds" (id BIGINT NOT NULL, kind TEXT NOT NULL) PARTITION BY LIST (kind);
      CREATE TABLE kinds_a PARTITION OF "Kinds" FOR VALUES IN ('a');
      """, on: .postgres),
  ]

  private struct Filled: Sendable {
    /// The tables that have no row, with the reason.
    var problems: [String: String] = [:]
    var counts: [String: Int64] = [:]
  }

  /// What comes of two rows a table.
  private static func fill(_ engine: Engine, _ sql: String) async throws -> Filled {
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().run { connection in
        try connection.executeScript(sql)
        let catalog = try CatalogReader.read(connection)
        var filled = Filled()
        filled.problems = try RowFiller(connection, catalog).fill(RowFiller.numbers(0..<2))
        for table in catalog.tables.keys {
          let sql = "SELECT count(*) FROM \(SQLText.identifier(table))"
          filled.counts[table] = try connection.queryRow(sql)?.integer(0)
        }
        return filled
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines, schemas)
  func everyTableGetsRows(engine: Engine, schema: Schema) async throws {
    guard schema.engines.contains(engine) else { return }
    let filled = try await Self.fill(engine, schema.sql)
    #expect(filled.problems.isEmpty)
    #expect(filled.counts.values.allSatisfy { $0 == 2 }, "\(filled.counts)")
  }

  /// What the plain values are refused for says more than what others are.
  @Test(arguments: TestDatabase.availableEngines)
  func theFirstReasonIsGiven(engine: Engine) async throws {
    let filled = try await Self.fill(
      engine, "CREATE TABLE t (id BIGINT PRIMARY KEY, size INTEGER NOT NULL CHECK (size <> size));")
    #expect(filled.problems.keys.sorted() == ["t"])
    #expect(filled.problems["t"]?.lowercased().contains("check constraint") == true, "\(filled.problems)")
  }

  /// SQLite finds it when all is committed: then nothing at all would be there.
  @Test func whatNothingRefersToIsLeftOut() async throws {
    let filled = try await Self.fill(
      .sqlite,
      """
      CREATE TABLE a_children (
        id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parents DEFERRABLE INITIALLY DEFERRED
      );
      CREATE TABLE parents (id BIGINT PRIMARY KEY CHECK (id <> id));
      CREATE TABLE others (id BIGINT PRIMARY KEY);
      """)
    #expect(filled.problems.keys.sorted() == ["a_children", "parents"])
    #expect(filled.problems["a_children"] == "a foreign key refers to a row that is not there")
    #expect(filled.counts == ["a_children": 0, "parents": 0, "others": 2])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatSwallowsRowsIsToldOf(engine: Engine) async throws {
    let no: [Engine: String] = [
      .sqlite: "CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(IGNORE); END;",
      .postgres: "CREATE RULE no AS ON INSERT TO t DO INSTEAD NOTHING;",
    ]
    let filled = try await Self.fill(engine, "CREATE TABLE t (id BIGINT PRIMARY KEY);\n\(no[engine] ?? "")")
    #expect(filled.problems == ["t": "an INSERT is not refused, and leaves no row"])
  }

  /// Other values are tried, and the rows of other tables stay, as with RAISE(ABORT).
  @Test(arguments: ["ABORT", "ROLLBACK"])
  func whatTakesBackTheTransactionIsRefusedLikeAnythingElse(action: String) async throws {
    let filled = try await Self.fill(
      .sqlite,
      """
      CREATE TABLE all_before (id BIGINT PRIMARY KEY);
      CREATE TABLE picky (id BIGINT PRIMARY KEY, kind TEXT NOT NULL CHECK (length(kind) > 1));
      CREATE TRIGGER picky_kind BEFORE INSERT ON picky WHEN NEW.kind LIKE 'v7%' BEGIN
        SELECT RAISE(\(action), 'no such kind');
      END;
      CREATE TABLE refusing (id BIGINT PRIMARY KEY NOT NULL);
      CREATE TRIGGER refusing_all AFTER INSERT ON refusing BEGIN SELECT RAISE(\(action), 'never'); END;
      """)
    #expect(filled.problems.keys.sorted() == ["refusing"])
    #expect(filled.problems["refusing"]?.contains("never") == true, "\(filled.problems)")
    #expect(filled.counts == ["all_before": 2, "picky": 2, "refusing": 0])
  }

  /// Each set of values once; where another check than before refuses one, what is next to it comes first.
  @Test func whatSatisfiesACheckIsGoneOnWith() {
    var attempts = RowAttempts(
      [1, 1], [.init(column: 0, values: [1, 2, 3]), .init(column: 1, values: [4])])
    var tried: [[SQLValue]] = []
    while let values = attempts.next() {
      tried.append(values)
      attempts.note(SQLError(.checkViolation, values[0] == 2 ? "second" : "first"))
    }
    #expect(tried == [[1, 1], [2, 1], [2, 4], [3, 1], [1, 4], [3, 4]])
  }
}
