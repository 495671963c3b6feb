import Gradus
import GradusCatalog
import GradusSQL
import GradusTestSupport
import Testing

/// What of a schema is read, and how two are told apart.
@Suite struct CatalogTests {
  private static let base = [
    "CREATE TABLE parents (id BIGINT PRIMARY KEY)",
    """
    CREATE TABLE things (
      id BIGINT PRIMARY KEY, name TEXT NOT NULL, size INTEGER DEFAULT 1, parent BIGINT REFERENCES parents (id),
      extra TEXT,
      UNIQUE (name, size), CHECK (size > 0)
    )
    """,
    "CREATE INDEX things_by_size ON things (size)",
    "CREATE VIEW small_things AS SELECT id FROM things WHERE size < 10",
  ]

  private static func catalog(_ engine: Engine, _ statements: [String]) async throws -> Catalog {
    try await TestDatabase.withDatabase(engine) { database in
      try await database.open().transaction { connection in
        for statement in statements { try connection.execute(statement) }
        return try CatalogReader.read(connection)
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func everythingIsRead(engine: Engine) async throws {
    let catalog = try await Self.catalog(engine, Self.base)
    #expect(Set(catalog.tables.keys) == ["parents", "things"])
    let things = try #require(catalog.tables["things"])
    #expect(things.columns.map(\.name) == ["id", "name", "size", "parent", "extra"])
    #expect(things.column("name")?.isNullable == false)
    #expect(things.column("size")?.defaultValue == "1")
    #expect(things.primaryKey == ["id"])
    #expect(Set(things.constraints.map(\.kind)) == [.primaryKey, .unique, .check, .foreignKey])
    #expect(things.constraints.first { $0.kind == .unique }?.columns == ["name", "size"])
    #expect(things.constraints.first { $0.kind == .foreignKey }?.columns == ["parent"])
    #expect(things.indexes["things_by_size"]?.columns == ["size"])
    #expect(Array(catalog.views.keys) == ["small_things"])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func gradusOwnTablesAreLeftOut(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      let catalog = try await session.run { connection in
        try BookkeepingTables.ensure(connection)
        return try CatalogReader.read(connection)
      }
      #expect(!catalog.tables.isEmpty)
      #expect(catalog.tables.keys.allSatisfy { !$0.hasPrefix("gradus_") })
    }
  }

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
  ]

  @Test(arguments: TestDatabase.availableEngines)
  func changesAreTold(engine: Engine) async throws {
    let old = try await Self.catalog(engine, Self.base)
    for example in Self.cases where example.engines.contains(engine) {
      let new = try await Self.catalog(engine, Self.base + example.sql)
      #expect(
        CatalogComparison.changes(from: old, to: new).map(\.description) == example.changes,
        "\(example.testDescription)")
    }
  }

  /// PostgreSQL names the schema in some definitions whatever the search path is.
  @Test func theNameOfTheSchemaMakesNoDifference() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let more = [
      "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS $$ SELECT n * 2 $$",
      "CREATE PROCEDURE nothing() LANGUAGE sql AS $$ SELECT 1 $$",
      "CREATE MATERIALIZED VIEW sums AS SELECT size, count(*) FROM things GROUP BY size",
      "CREATE UNIQUE INDEX sums_size ON sums (size)", "CREATE TYPE mood AS ENUM ('fine')",
      "CREATE SEQUENCE s",
    ]
    let plain = try await Self.catalog(.postgres, Self.base + more)
    #expect(plain.functions.count == 2)
    #expect(
      plain.materializedViews["sums"]?.query.contains("CREATE UNIQUE INDEX sums_size ON sums USING") == true)
    let other = try await Self.catalog(
      .postgres, ["CREATE SCHEMA \"App\"", "SET LOCAL search_path TO \"App\""] + Self.base + more)
    #expect(CatalogComparison.changes(from: plain, to: other).map(\.description) == [])
  }

  /// SQLite keeps texts as they were written.
  @Test func whiteSpaceCommentsCaseAndQuotesMakeNoDifference() async throws {
    let old = try await Self.catalog(
      .sqlite,
      [
        "CREATE TABLE a (x INTEGER CHECK (x > 0), y TEXT GENERATED ALWAYS AS (x || 'B') VIRTUAL) STRICT",
        "CREATE INDEX i ON a (x) WHERE y = 'Two  words'",
      ])
    let same = try await Self.catalog(
      .sqlite,
      [
        "create table \"a\" (\n x integer check(  X>0 ) /* why */, y text generated always as ( x||'B' ) virtual ) strict",
        "CREATE INDEX [i] on `a`(x) where y='Two  words'",
      ])
    #expect(CatalogComparison.changes(from: old, to: same).map(\.description) == [])
    let other = try await Self.catalog(
      .sqlite,
      [
        "CREATE TABLE a (x INTEGER CHECK (x > 1), y TEXT GENERATED ALWAYS AS (x || 'b') VIRTUAL)",
        "CREATE INDEX i ON a (x) WHERE y = 'Two words'",
      ])
    #expect(CatalogComparison.changes(from: old, to: other).count == 6)
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
}
