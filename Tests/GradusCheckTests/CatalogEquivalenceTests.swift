import Gradus
import GradusCatalog
import GradusSQL
import GradusTestSupport
import Testing

/// What makes no difference between two schemas.
@Suite struct CatalogEquivalenceTests {
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
    let plain = try await CatalogTests.catalog(.postgres, CatalogTests.base + more)
    #expect(plain.functions.count == 2)
    #expect(
      plain.materializedViews["sums"]?.indexes == ["CREATE UNIQUE INDEX sums_size ON sums USING btree (size)"]
    )
    let other = try await CatalogTests.catalog(
      .postgres, ["CREATE SCHEMA \"App\"", "SET LOCAL search_path TO \"App\""] + CatalogTests.base + more)
    #expect(CatalogComparison.changes(from: plain, to: other).map(\.description) == [])
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
      try await CatalogTests.catalog(.postgres, CatalogTests.base + set(options)),
      try await CatalogTests.catalog(.postgres, CatalogTests.base + reversed)
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
    let old = try await CatalogTests.catalog(
      .sqlite,
      [
        "CREATE TABLE a (x INTEGER CHECK (x > 0), y TEXT GENERATED ALWAYS AS (x || 'B') VIRTUAL) STRICT",
        "CREATE INDEX i ON a (x) WHERE y = 'Two  words'",
      ])
    let same = try await CatalogTests.catalog(
      .sqlite,
      [
        "create table \"a\" (\n x integer check(  X>0 ) /* why */, y text generated always as ( x||'B' ) virtual ) strict",
        "CREATE INDEX [i] on `a`(x) where y='Two  words'",
      ])
    #expect(CatalogComparison.changes(from: old, to: same).map(\.description) == [])
    let other = try await CatalogTests.catalog(
      .sqlite,
      [
        "CREATE TABLE a (x INTEGER CHECK (x > 1), y TEXT GENERATED ALWAYS AS (x || 'b') VIRTUAL)",
        "CREATE INDEX i ON a (x) WHERE y = 'Two words'",
      ])
    #expect(CatalogComparison.changes(from: old, to: other).count == 6)
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
    let (first, second) = (
      try await CatalogTests.catalog(.sqlite, old), try await CatalogTests.catalog(.sqlite, new)
    )
    #expect(CatalogComparison.changes(from: first, to: second).map(\.description) == [])
    #expect(CatalogComparison.changes(from: second, to: first).map(\.description) == [])
    #expect(second.spelled(like: first).tables.keys.sorted() == ["customers", "docs"])
    #expect(second.tables["Docs"]?.columns.map(\.name) == ["ID", "Title", "Owner", "Other"])
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
    let plain = try await CatalogTests.catalog(.postgres, sql)
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
}
