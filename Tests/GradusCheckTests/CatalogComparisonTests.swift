import Gradus
import GradusCatalog
import GradusSQL
import GradusTestSupport
import Testing

/// How two schemas are told apart.
@Suite struct CatalogComparisonTests {
  private struct Case: CustomTestStringConvertible {
    var sql: [String]
    var changes: [String]
    var engines: Set<Engine> = [.sqlite, .postgres]
    var testDescription: String { sql.joined(separator: "; ") }
  }

  private static let cases = [
    Case(sql: [], changes: []),
    Case(sql: ["CREATE TABLE more (id BIGINT PRIMARY KEY)"], changes: ["+ table more"]),
    Case(sql: ["DROP VIEW small_things"], changes: ["- view small_things"]),
    Case(
      sql: ["ALTER TABLE things RENAME COLUMN extra TO more"],
      changes: ["- column things.extra text", "+ column things.more text"]),
    Case(sql: ["ALTER TABLE things ADD COLUMN note TEXT"], changes: ["+ column things.note text"]),
    Case(
      sql: ["ALTER TABLE things ADD COLUMN note TEXT NOT NULL DEFAULT 'x'"],
      changes: ["+ column things.note text not null default 'x'"], engines: [.sqlite]),
    Case(
      sql: ["ALTER TABLE things ALTER COLUMN size TYPE BIGINT"],
      changes: ["~ column things.size integer default 1 -> size bigint default 1"], engines: []),
    Case(
      sql: ["ALTER TABLE things ALTER COLUMN parent SET NOT NULL"],
      changes: ["~ column things.parent bigint -> parent bigint not null"], engines: [.postgres]),
    Case(
      sql: ["ALTER TABLE things ALTER COLUMN size DROP DEFAULT"],
      changes: ["~ column things.size integer default 1 -> size integer"], engines: [.postgres]),
    Case(
      sql: ["ALTER TABLE things ADD CONSTRAINT short CHECK (length(name) < 9) NOT VALID"],
      changes: ["+ constraint of things: short CHECK ((length(name) < 9))"], engines: [.postgres]),
    Case(
      sql: ["DROP INDEX things_by_size", "CREATE UNIQUE INDEX things_by_size ON things (size)"],
      changes: [
        "- index things_by_size: create index things_by_size on things(size)",
        "+ index things_by_size: create unique index things_by_size on things(size)",
      ], engines: [.sqlite]),
    Case(
      sql: ["DROP INDEX things_by_size", "create index THINGS_by_size  on things( \"size\" ) -- the same"],
      changes: [], engines: [.postgres]),
    Case(
      sql: ["DROP INDEX things_by_size", "CREATE INDEX things_by_size ON things (size) WHERE size > 5"],
      changes: [
        "- index things_by_size: CREATE INDEX things_by_size ON things USING btree (size)",
        "+ index things_by_size: CREATE INDEX things_by_size ON things USING btree (size) WHERE (size > 5)",
      ], engines: [.postgres]),
    Case(
      sql: ["CREATE TRIGGER t AFTER INSERT ON things BEGIN SELECT 1; END"],
      changes: ["+ trigger t of things"], engines: [.sqlite]),
    Case(
      sql: ["CREATE MATERIALIZED VIEW m AS SELECT id FROM things"], changes: ["+ view m"],
      engines: [.postgres]),
    Case(
      sql: [
        "DROP VIEW small_things",
        "CREATE MATERIALIZED VIEW small_things AS SELECT id FROM things WHERE size < 10",
      ],
      changes: ["- view small_things", "+ view small_things"], engines: [.postgres]),
    Case(
      sql: ["CREATE SEQUENCE s", "CREATE TYPE mood AS ENUM ('fine', 'not')"],
      changes: ["+ sequence s", "~ values of mood:  -> fine, not"], engines: [.postgres]),
    Case(
      sql: ["CREATE RULE r AS ON DELETE TO parents DO INSTEAD NOTHING"], changes: ["+ rule r of parents"],
      engines: [.postgres]),
    Case(
      sql: ["ALTER TABLE things ENABLE ROW LEVEL SECURITY", "CREATE POLICY p ON things USING (size > 0)"],
      changes: ["+ policy p of things", "+ row level security of things"], engines: [.postgres]),
    Case(
      sql: ["ALTER VIEW small_things SET (check_option = local, security_barrier)"],
      changes: ["+ options of small_things"], engines: [.postgres]),
    Case(
      sql: ["ALTER VIEW small_things ALTER COLUMN id SET DEFAULT 7"],
      changes: ["+ default of column id of small_things"], engines: [.postgres]),
    Case(
      sql: [
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "CREATE TRIGGER t BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE things DISABLE TRIGGER t",
      ],
      changes: ["+ trigger t of things", "+ function f()", "+ state of trigger t of things"],
      engines: [.postgres]),
    Case(
      sql: ["CREATE DOMAIN d AS TEXT CHECK (VALUE <> '')", "CREATE TYPE pair AS (a INT, b d)"],
      changes: ["+ composite type pair", "+ domain d"], engines: [.postgres]),
    Case(
      sql: ["CREATE TYPE span AS RANGE (SUBTYPE = float8)"], changes: ["+ range type span"],
      engines: [.postgres]),
    Case(
      sql: ["CREATE STATISTICS s (dependencies) ON size, parent FROM things"],
      changes: ["+ statistics s of things"], engines: [.postgres]),
    Case(
      sql: ["CREATE STATISTICS s ON size, parent FROM things", "ALTER STATISTICS s SET STATISTICS 5"],
      changes: ["+ statistics s of things"], engines: [.postgres]),
    Case(
      sql: ["ALTER TABLE things ALTER COLUMN name SET COMPRESSION pglz"],
      changes: ["+ options of column name of things"], engines: [.postgres]),
    Case(
      sql: ["CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int)"],
      changes: ["+ aggregate total(integer)"], engines: [.postgres]),
    Case(
      sql: ["ALTER TABLE things REPLICA IDENTITY FULL"], changes: ["+ replica identity of things"],
      engines: [.postgres]),
    Case(
      sql: ["CREATE COLLATION plain (LOCALE = 'C')"], changes: ["+ collation plain"], engines: [.postgres]),
    // What belongs to a new table comes with it.
    Case(
      sql: [
        "CREATE TABLE more (id BIGSERIAL PRIMARY KEY)", "ALTER TABLE more ENABLE ROW LEVEL SECURITY",
        "CREATE RULE r AS ON DELETE TO more DO INSTEAD NOTHING",
      ], changes: ["+ table more"], engines: [.postgres]),
  ]

  @Test(arguments: TestDatabase.availableEngines)
  func changesAreTold(engine: Engine) async throws {
    let old = try await CatalogTests.catalog(engine, CatalogTests.base)
    for example in Self.cases where example.engines.contains(engine) {
      let new = try await CatalogTests.catalog(engine, CatalogTests.base + example.sql)
      #expect(
        CatalogComparison.changes(from: old, to: new).map(\.description) == example.changes,
        "\(example.testDescription)")
    }
  }

  @Test func whatIsOtherwiseIsToldWithBoth() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    func catalog(_ start: Int, _ check: String) async throws -> Catalog {
      try await CatalogTests.catalog(
        .postgres,
        [
          "CREATE TABLE counted (id BIGINT GENERATED ALWAYS AS IDENTITY (START WITH \(start)), n INT)",
          "CREATE DOMAIN d AS TEXT CONSTRAINT c CHECK (\(check))",
        ])
    }
    let changes = CatalogComparison.changes(
      from: try await catalog(1, "VALUE <> ''"), to: try await catalog(10, "VALUE <> 'a'"))
    #expect(
      changes.map(\.description) == [
        "~ domain d: CREATE DOMAIN d AS text CONSTRAINT c CHECK ((VALUE <> ''::text)) -> "
          + "CREATE DOMAIN d AS text CONSTRAINT c CHECK ((VALUE <> 'a'::text))",
        "~ sequence id of counted: "
          + "AS bigint START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1 -> "
          + "AS bigint START WITH 10 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1",
      ])
    #expect(changes.map(\.table) == [nil, "counted"])
  }

  /// To Swift, é and e with an accent behind it are the same.
  @Test func triggersAreComparedByBytes() async throws {
    func catalog(_ letter: String) async throws -> Catalog {
      let trigger =
        "CREATE TRIGGER t AFTER INSERT ON things WHEN NEW.name = '\(letter)' BEGIN SELECT 1; END"
      return try await CatalogTests.catalog(.sqlite, CatalogTests.base + [trigger])
    }
    let (old, new) = (try await catalog("\u{E9}"), try await catalog("e\u{301}"))
    #expect(CatalogComparison.changes(from: old, to: new).count == 2)
    #expect(CatalogComparison.changes(from: old, to: old).isEmpty)
  }

  /// No pragma of SQLite's tells them.
  @Test func collationsAndConflictsAreTold() async throws {
    let old = try await CatalogTests.catalog(
      .sqlite, ["CREATE TABLE a (x TEXT, y TEXT NOT NULL COLLATE BINARY, z TEXT, UNIQUE (x, y))"])
    let new = try await CatalogTests.catalog(
      .sqlite,
      [
        """
        CREATE TABLE a (
          x TEXT COLLATE NOCASE, y TEXT NOT NULL ON CONFLICT IGNORE, z TEXT,
          UNIQUE (x COLLATE BINARY, y) ON CONFLICT REPLACE
        )
        """
      ])
    #expect(
      CatalogComparison.changes(from: old, to: new).map(\.description) == [
        "+ a: unique(x collate binary, y) on conflict replace", "+ a: x collate nocase",
        "+ a: y not null on conflict ignore",
      ])
  }

  @Test func storageAndOrderOfKeysAreTold() async throws {
    let old = try await CatalogTests.catalog(
      .sqlite,
      [
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT AS (x) VIRTUAL)",
        "CREATE TABLE b (x TEXT, y TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID",
      ])
    let new = try await CatalogTests.catalog(
      .sqlite,
      [
        "CREATE TABLE a (id INTEGER PRIMARY KEY DESC, x TEXT, y TEXT AS (x) STORED)",
        "CREATE TABLE b (x TEXT, y TEXT, PRIMARY KEY (x DESC, y)) WITHOUT ROWID",
      ])
    #expect(
      CatalogComparison.changes(from: old, to: new).map(\.description) == [
        "~ column a.y text as(x) virtual -> y text as(x) stored", "- constraint of a: primary key (id)",
        "+ constraint of a: primary key (id desc)", "- constraint of b: primary key (x, y)",
        "+ constraint of b: primary key (x desc, y)",
      ])
    #expect(old.tables["a"]?.rowIDColumn == "id")
    #expect(new.tables["a"]?.rowIDColumn == nil)
  }

  @Test func validationIsNoPartOfAConstraint() throws {
    let engine = Engine.postgres
    guard TestDatabase.availableEngines.contains(engine) else { return }
    func table(_ isValidated: Bool) -> Catalog {
      var catalog = Catalog()
      catalog.tables["t"] = CatalogTable()
      catalog.tables["t"]?.constraints = [
        CatalogConstraint(
          name: "c", kind: .check, columns: ["a"], definition: "CHECK (a > 0)", isValidated: isValidated)
      ]
      return catalog
    }
    #expect(
      CatalogComparison.changes(from: table(false), to: table(true)).map(\.description) == [
        "~ constraint of t: c CHECK (a > 0) is validated"
      ])
  }

  /// What is shared is what it was; the rest is its own.
  @Test(arguments: TestDatabase.availableEngines)
  func sharingChangesNothing(engine: Engine) async throws {
    let old = try await CatalogTests.catalog(engine, CatalogTests.base)
    let changes = [
      "ALTER TABLE things ADD COLUMN note TEXT", "CREATE TABLE more (id BIGINT)", "DROP VIEW small_things",
    ]
    let new = try await CatalogTests.catalog(engine, CatalogTests.base + changes)
    #expect(new.sharing(old) == new)
    #expect(old.sharing(new) == old)
    #expect(new.sharing(new) == new)
    #expect(new != old)
  }

  /// To Swift, é and e with an accent behind it are the same.
  @Test func whatIsSharedHasTheSameBytes() {
    func catalog(_ letter: String) -> Catalog {
      var catalog = Catalog()
      catalog.functions["f()"] = "SELECT '\(letter)'"
      catalog.views["v"] = CatalogView(query: "SELECT '\(letter)' AS x", columns: ["x"])
      return catalog
    }
    let (old, new) = (catalog("\u{E9}"), catalog("e\u{301}"))
    #expect(old != new)
    #expect(CatalogComparison.changes(from: old, to: new.sharing(old)).count == 4)
    #expect(CatalogComparison.changes(from: old, to: old.sharing(new)).isEmpty)
  }
}
