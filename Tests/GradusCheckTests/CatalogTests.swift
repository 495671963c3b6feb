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
        try connection.execute("CREATE TABLE gradus_things (id BIGINT)")
        return try CatalogReader.read(connection)
      }
      #expect(catalog.tables.keys.contains("schema_version"))
      #expect(catalog.tables.keys.filter { $0.hasPrefix("gradus_") } == ["gradus_things"])
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
      plain.materializedViews["sums"]?.indexes == ["CREATE UNIQUE INDEX sums_size ON sums USING btree (size)"]
    )
    let other = try await Self.catalog(
      .postgres, ["CREATE SCHEMA \"App\"", "SET LOCAL search_path TO \"App\""] + Self.base + more)
    #expect(CatalogComparison.changes(from: plain, to: other).map(\.description) == [])
  }

  /// To Swift, é and e with an accent behind it are the same.
  @Test func triggersAreComparedByBytes() async throws {
    func catalog(_ letter: String) async throws -> Catalog {
      let trigger =
        "CREATE TRIGGER t AFTER INSERT ON things WHEN NEW.name = '\(letter)' BEGIN SELECT 1; END"
      return try await Self.catalog(.sqlite, Self.base + [trigger])
    }
    let (old, new) = (try await catalog("\u{E9}"), try await catalog("e\u{301}"))
    #expect(CatalogComparison.changes(from: old, to: new).count == 2)
    #expect(CatalogComparison.changes(from: old, to: old).isEmpty)
  }

  /// They come with the extension, and cannot be made beside it.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func enumerationsOfExtensionsAreLeftOut() async throws {
    let catalog = try await Self.catalog(
      .postgres,
      [
        "CREATE TYPE own AS ENUM ('a')", "CREATE TYPE mood AS ENUM ('fine')",
        "ALTER EXTENSION plpgsql ADD TYPE mood",
      ])
    #expect(catalog.enumerations == ["own": ["a"]])
  }

  /// In which order options were set, by one statement or several.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func theOrderOfOptionsMakesNoDifference() async throws {
    let options = ["fillfactor = 50", "autovacuum_enabled = false", "toast.vacuum_truncate = false"]
    func set(_ options: [String]) -> [String] {
      ["ALTER TABLE things SET (\(options.joined(separator: ", ")))"]
        + ["check_option = local", "security_barrier"].map { "ALTER VIEW small_things SET (\($0))" }
        + ["ALTER TABLE things ALTER name SET (n_distinct = 3, n_distinct_inherited = 2)"]
    }
    let reversed =
      options.reversed().map { "ALTER TABLE things SET (\($0))" } + [
        "ALTER VIEW small_things SET (security_barrier, check_option = local)",
        "ALTER TABLE things ALTER name SET (n_distinct_inherited = 2)",
        "ALTER TABLE things ALTER name SET (n_distinct = 3)",
      ]
    let (old, new) = (
      try await Self.catalog(.postgres, Self.base + set(options)),
      try await Self.catalog(.postgres, Self.base + reversed)
    )
    #expect(CatalogComparison.changes(from: old, to: new).map(\.description) == [])
    #expect(old.objects["options of small_things"]?.definition.contains("(check_option=local, ") == true)
  }

  /// Nor do the rules by which the database sorts.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func theLocaleOfTheDatabaseMakesNoDifference() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      guard case .postgres(let address) = database.location else { return }
      let session = try await database.open()
      // Servers before version 15 have no databases that ICU sorts.
      let canSort = try await session.run { connection in
        try connection.queryRow(
          """
          SELECT current_setting('server_version_num')::int >= 150000
            AND EXISTS (SELECT 1 FROM pg_collation WHERE collprovider = 'i')
          """)?.boolean(0)
      }
      guard canSort == true else { return }
      let name = "gradus_icu_\(UInt32.random(in: 0...UInt32.max))"
      try await session.run { connection in
        _ = try connection.execute(
          "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'"
        )
      }
      let other = address + (address.contains("://") ? "&" : " ") + "dbname=\(name)"
      let result: Result<Catalog, any Error>
      do {
        result = .success(try await Self.catalogWithPolicy(TestDatabase(at: .postgres(other)).open()))
      } catch {
        result = .failure(error)
      }
      try await session.run { _ = try $0.execute("DROP DATABASE \(name) WITH (FORCE)") }
      let changes = CatalogComparison.changes(
        from: try await Self.catalogWithPolicy(session), to: try result.get())
      #expect(changes.map(\.description) == [])
    }
  }

  private struct Undone: Error {
    let catalog: Catalog
  }

  /// Of a policy for two roles, of which ICU puts the underscore first, and C the digit. They are taken back.
  private static func catalogWithPolicy(_ session: Session) async throws -> Catalog {
    do {
      return try await session.transaction { connection -> Catalog in
        let statements = [
          "CREATE ROLE gradus_test_sorted1", "CREATE ROLE gradus_test_sorted_",
          "CREATE TABLE sorted (id BIGINT)",
          "CREATE POLICY p ON sorted TO gradus_test_sorted1, gradus_test_sorted_ USING (true)",
        ]
        for statement in statements { try connection.execute(statement) }
        throw Undone(catalog: try CatalogReader.read(connection))
      }
    } catch let undone as Undone {
      return undone.catalog
    }
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

  @Test func whatIsOtherwiseIsToldWithBoth() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    func catalog(_ start: Int, _ check: String) async throws -> Catalog {
      try await Self.catalog(
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

  /// On SQLite; and a key that names no columns refers to the primary key.
  @Test func theCaseOfNamesMakesNoDifference() async throws {
    let old = [
      "CREATE TABLE customers (id INTEGER PRIMARY KEY)",
      """
      CREATE TABLE docs (
        id INTEGER PRIMARY KEY, title TEXT UNIQUE, owner BIGINT REFERENCES customers,
        other BIGINT REFERENCES customers (id)
      )
      """,
      "CREATE INDEX docs_owner ON docs (owner)", "CREATE VIEW titles AS SELECT title FROM docs",
      "CREATE TRIGGER t AFTER INSERT ON docs BEGIN DELETE FROM docs WHERE id = 0; END",
    ]
    let new = [
      "CREATE TABLE Customers (ID INTEGER PRIMARY KEY)",
      """
      CREATE TABLE Docs (
        ID INTEGER PRIMARY KEY, Title TEXT UNIQUE, Owner BIGINT REFERENCES CUSTOMERS (Id),
        Other BIGINT REFERENCES Customers
      )
      """,
      "CREATE INDEX Docs_Owner ON DOCS (OWNER)", "CREATE VIEW Titles AS SELECT Title FROM Docs",
      "CREATE TRIGGER T AFTER INSERT ON DOCS BEGIN DELETE FROM Docs WHERE ID = 0; END",
    ]
    let (first, second) = (try await Self.catalog(.sqlite, old), try await Self.catalog(.sqlite, new))
    #expect(CatalogComparison.changes(from: first, to: second).map(\.description) == [])
    #expect(CatalogComparison.changes(from: second, to: first).map(\.description) == [])
    #expect(second.spelled(like: first).tables.keys.sorted() == ["customers", "docs"])
    #expect(second.tables["Docs"]?.columns.map(\.name) == ["ID", "Title", "Owner", "Other"])
  }

  /// However a definition writes them: PostgreSQL with quotes where it has to, SQLite as the key does.
  @Test(arguments: TestDatabase.availableEngines)
  func parentsOfForeignKeys(engine: Engine) async throws {
    let catalog = try await Self.catalog(
      engine,
      [
        "CREATE TABLE orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE \"odd \"\"name\"\". (x\" (id BIGINT PRIMARY KEY)",
        """
        CREATE TABLE lines (
          a BIGINT REFERENCES Orders, b BIGINT REFERENCES "odd ""name"". (x" (id) ON DELETE CASCADE,
          "c references orders" BIGINT REFERENCES lines (d), d BIGINT UNIQUE CHECK (d > 0)
        )
        """,
      ])
    let keys = try #require(catalog.tables["lines"]).constraints
    func parent(_ column: String, _ tables: some Collection<String>) -> String? {
      keys.first { $0.columns == [column] && $0.kind == .foreignKey }?.parent(among: tables)
    }
    let tables = catalog.tables.keys
    #expect(parent("a", tables) == "orders")
    #expect(parent("b", tables) == "odd \"name\". (x")
    #expect(parent("c references orders", tables) == "lines")
    #expect(parent("a", ["order", "ORDERS", "orders2"]) == "ORDERS")
    #expect(parent("a", ["order"]) == nil)
    #expect(keys.filter { $0.kind != .foreignKey }.allSatisfy { $0.parent == nil })
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aParentInAnotherSchema() async throws {
    let catalog = try await Self.catalog(
      .postgres,
      [
        "CREATE SCHEMA other", "CREATE TABLE other.orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE orders (id BIGINT PRIMARY KEY)",
        "CREATE TABLE lines (id BIGINT REFERENCES other.orders)",
      ])
    let key = try #require(catalog.tables["lines"]?.constraints.first)
    #expect(key.kind == .foreignKey)
    #expect(key.parent(among: catalog.tables.keys) == nil)
  }

  /// No pragma of SQLite's tells them.
  @Test func collationsAndConflictsAreTold() async throws {
    let old = try await Self.catalog(
      .sqlite, ["CREATE TABLE a (x TEXT, y TEXT NOT NULL COLLATE BINARY, z TEXT, UNIQUE (x, y))"])
    let new = try await Self.catalog(
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
    let old = try await Self.catalog(
      .sqlite,
      [
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT, y TEXT AS (x) VIRTUAL)",
        "CREATE TABLE b (x TEXT, y TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID",
      ])
    let new = try await Self.catalog(
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

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func theSettingsOfTheSessionMakeNoDifference() async throws {
    let sql = [
      """
      CREATE TABLE t (
        "at" TIMESTAMPTZ DEFAULT '2020-02-01 03:04:05+00', every INTERVAL DEFAULT '1 day 02:03:04',
        n DOUBLE PRECISION DEFAULT '0.30000000000000004', b BYTEA DEFAULT '\\x00ff'
      )
      """, "CREATE VIEW v AS SELECT n FROM t",
    ]
    let settings = [
      "DateStyle = German", "TimeZone = 'Asia/Tokyo'", "IntervalStyle = sql_standard",
      "extra_float_digits = -3", "bytea_output = escape", "quote_all_identifiers = on",
    ]
    let plain = try await Self.catalog(.postgres, sql)
    let (other, style) = try await TestDatabase.withDatabase(.postgres) { database in
      try await database.open().transaction { connection in
        for statement in sql + settings.map({ "SET LOCAL \($0)" }) { try connection.execute(statement) }
        let catalog = try CatalogReader.read(connection)
        return (catalog, try connection.queryRow("SHOW DateStyle")?.text(0))
      }
    }
    #expect(CatalogComparison.changes(from: plain, to: other).map(\.description) == [])
    #expect(style == "German, DMY")
  }

  /// By which of its table access methods PostgreSQL keeps a table.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func accessMethodsAreTold() async throws {
    let catalog = try await Self.catalog(
      .postgres,
      [
        "CREATE ACCESS METHOD \"Plain\" TYPE TABLE HANDLER heap_tableam_handler",
        "CREATE TABLE others (id BIGINT) USING \"Plain\" WITH (fillfactor = 50)",
        "CREATE TABLE things (id BIGINT)",
      ])
    #expect(catalog.tables["others"]?.options == ["using \"Plain\"", "with fillfactor=50"])
    #expect(catalog.tables["things"]?.options == [])
  }

  /// What is shared is what it was; the rest is its own.
  @Test(arguments: TestDatabase.availableEngines)
  func sharingChangesNothing(engine: Engine) async throws {
    let old = try await Self.catalog(engine, Self.base)
    let changes = [
      "ALTER TABLE things ADD COLUMN note TEXT", "CREATE TABLE more (id BIGINT)", "DROP VIEW small_things",
    ]
    let new = try await Self.catalog(engine, Self.base + changes)
    #expect(new.sharing(old) == new)
    #expect(old.sharing(new) == old)
    #expect(new.sharing(new) == new)
    #expect(new != old)
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
