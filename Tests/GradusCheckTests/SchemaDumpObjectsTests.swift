import GradusSQL
import GradusTestSupport
import Testing

/// What a dump makes again of PostgreSQL's objects. `FullSchema` compares them.
@Suite struct SchemaDumpObjectsTests {
  @Test func aMaterialisedViewStaysOne() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE TABLE things (id BIGINT);
      INSERT INTO things VALUES (1), (2);
      CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM things;
      CREATE UNIQUE INDEX sums_n ON sums (n);
      """,
      "SELECT c.relkind::text, n, to_regclass('sums_n') IS NOT NULL FROM sums, pg_class c WHERE relname = 'sums'"
    )
    #expect(rows == [["m", 2, true]])
  }

  @Test func defaultsAndChecksMayReadTheirTable() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE TABLE things (id INT, n INT);
      CREATE FUNCTION next_id() RETURNS int LANGUAGE sql AS $$ SELECT coalesce(max(id), 0) + 1 FROM things $$;
      CREATE FUNCTION are_few() RETURNS bool LANGUAGE sql AS $$ SELECT count(*) < 3 FROM things $$;
      ALTER TABLE things ALTER id SET DEFAULT next_id(), ADD CONSTRAINT few CHECK (are_few());
      """, then: ["INSERT INTO things (n) VALUES (5)", "INSERT INTO things (n) VALUES (6)"],
      "SELECT id, (SELECT count(*) FROM pg_constraint WHERE conname = 'few') FROM things ORDER BY id")
    #expect(rows == [[1, 1], [2, 1]])
  }

  @Test func constraintsSayWhatTheySaid() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE TABLE things (x TEXT CONSTRAINT a CHECK (x <> 'a NOT VALID'), y TEXT);
      INSERT INTO things VALUES ('x', 'c NOT VALID');
      CREATE DOMAIN d AS TEXT CONSTRAINT b CHECK (VALUE <> 'b NOT VALID');
      ALTER TABLE things ADD CONSTRAINT c CHECK (y <> 'c NOT VALID') NOT VALID;
      """,
      "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname IN ('a', 'b', 'c') ORDER BY conname")
    #expect(
      rows == [
        ["CHECK ((x <> 'a NOT VALID'::text))"], ["CHECK ((VALUE <> 'b NOT VALID'::text))"],
        ["CHECK ((y <> 'c NOT VALID'::text)) NOT VALID"],
      ])
  }

  @Test func optionsStay() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE TABLE things (id INT, n INT, x TEXT, CONSTRAINT k PRIMARY KEY (id) WITH (fillfactor = 50))
        WITH (toast.autovacuum_enabled = false);
      ALTER TABLE things ALTER n SET STATISTICS 7, ALTER x SET STORAGE EXTERNAL, ALTER x SET (n_distinct = 3),
        CLUSTER ON k;
      CREATE STATISTICS s ON id, (x || 'public.') FROM things;
      CREATE FUNCTION place() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
      CREATE MATERIALIZED VIEW later AS SELECT n FROM things WITH NO DATA;
      CREATE UNIQUE INDEX later_n ON later (n);
      CREATE TYPE a_span AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = spans);
      CREATE UNLOGGED SEQUENCE quick;
      INSERT INTO things VALUES (5, 1, 'a'), (7, 1, 'b');
      """,
      """
      SELECT (SELECT reloptions[1] FROM pg_class WHERE relname = 'k'),
        (SELECT t.reloptions[1] FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid WHERE c.relname = 'things'),
        (SELECT string_agg(concat(attname, attstattarget, attstorage, attoptions[1]), ' ' ORDER BY attnum)
          FROM pg_attribute WHERE attrelid = 'things'::regclass AND attname IN ('n', 'x')),
        (SELECT indisclustered FROM pg_index WHERE indexrelid = 'k'::regclass),
        (SELECT string_agg(p::text, ' ') FROM (SELECT place() OVER (ORDER BY id) AS p FROM things) o),
        (SELECT relispopulated FROM pg_class WHERE relname = 'later'),
        (SELECT relpersistence::text FROM pg_class WHERE relname = 'quick'), 'spans'::regtype::text,
        (SELECT pg_get_statisticsobjdef(oid) LIKE '%''public.''%' FROM pg_statistic_ext)
      """)
    #expect(
      rows == [
        [
          "fillfactor=50", "autovacuum_enabled=false", "n7p x-1en_distinct=3", true, "1 2", false, "u",
          "spans", true,
        ]
      ])
  }

  /// Each needs what comes later by its name, or is of another kind.
  @Test func whatIsNeededComesBefore() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE DOMAIN short AS TEXT CHECK (length(VALUE) < 9);
      CREATE TYPE pair AS (a short, b short[]);
      CREATE TYPE a_span AS RANGE (SUBTYPE = float8);
      CREATE FUNCTION z_one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
      CREATE FUNCTION a_one() RETURNS int LANGUAGE sql AS $$ SELECT z_one() $$;
      CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 2 * n $$;
      CREATE TABLE things (
        id INT DEFAULT a_one() CHECK (twice(id) > 0), p pair, s short, r a_span,
        d INT GENERATED ALWAYS AS (twice(id)) STORED
      ) WITH (fillfactor = 50, autovacuum_enabled = false);
      CREATE INDEX things_twice ON things (twice(id));
      CREATE VIEW z_view AS SELECT id, d FROM things;
      CREATE VIEW a_view AS SELECT d FROM z_view;
      CREATE MATERIALIZED VIEW a_sum AS SELECT sum(d) FROM a_view;
      CREATE VIEW a_total AS SELECT * FROM a_sum;
      CREATE FUNCTION a_count() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM z_view $$;
      CREATE FUNCTION b_count() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM a_view; END;
      CREATE AGGREGATE a_product(int) (SFUNC = int4mul, STYPE = int, INITCOND = '1');
      """,
      then: ["INSERT INTO things (s) VALUES ('a')"],
      "SELECT id, d, a_count(), b_count(), (SELECT a_product(d) FROM a_view) FROM things")
    #expect(rows == [[1, 2, 1, 1, 2]])
  }

  /// `FullSchema` compares them.
  @Test func rulesPoliciesAndTheirKindStay() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE TABLE things (id SERIAL PRIMARY KEY, n INT, x TEXT, owner TEXT);
      INSERT INTO things (n, x) VALUES (1, 'a');
      CREATE RULE keep AS ON DELETE TO things DO INSTEAD NOTHING;
      CREATE RULE other AS ON UPDATE TO things DO ALSO NOTIFY things;
      ALTER TABLE things DISABLE RULE other;
      ALTER TABLE things ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, REPLICA IDENTITY FULL;
      CREATE POLICY mine ON things FOR SELECT USING (owner = current_user);
      CREATE POLICY never ON things AS RESTRICTIVE USING (n > 0) WITH CHECK (x <> '');
      CREATE VIEW few WITH (security_barrier) AS SELECT n, x FROM things WHERE n < 5 WITH CHECK OPTION;
      ALTER VIEW few ALTER COLUMN n SET DEFAULT 4;
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER t BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION f();
      ALTER TABLE things DISABLE TRIGGER t;
      CREATE STATISTICS both_of_them (dependencies) ON n, x FROM things;
      CREATE TABLE counted (
        id INT GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5 MAXVALUE 20 CYCLE), n INT
      );
      CREATE SEQUENCE small AS smallint CACHE 5;
      CREATE DOMAIN unused AS VARCHAR(5) COLLATE "C" DEFAULT 'a' NOT NULL CONSTRAINT c CHECK (VALUE <> 'x');
      """,
      then: [
        "DELETE FROM things", "INSERT INTO few (x) VALUES ('b')",
        "INSERT INTO counted (n) VALUES (1), (2), (3), (4)",
      ],
      """
      SELECT (SELECT string_agg(id || x, ' ' ORDER BY id) FROM things), (SELECT max(n) FROM things),
        (SELECT string_agg(id::text, ' ' ORDER BY n) FROM counted)
      """)
    #expect(rows == [["1a 2b", 4, "10 15 20 1"]])
  }

  @Test func commentsAndGrantsStay() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE TABLE things (id INT, n INT);
      CREATE FUNCTION f(a INT) RETURNS int LANGUAGE sql AS $$ SELECT a + 1 $$;
      COMMENT ON TABLE things IS 'it''s';
      COMMENT ON COLUMN things.n IS 'a number';
      COMMENT ON FUNCTION f IS 'adds';
      GRANT SELECT ON things TO PUBLIC;
      GRANT UPDATE (n) ON things TO PUBLIC;
      REVOKE ALL ON FUNCTION f FROM PUBLIC;
      """,
      """
      SELECT obj_description('things'::regclass), col_description('things'::regclass, 2),
        obj_description('f(int)'::regprocedure), has_table_privilege('pg_monitor', 'things', 'SELECT'),
        has_column_privilege('pg_monitor', 'things', 'n', 'UPDATE'),
        has_column_privilege('pg_monitor', 'things', 'id', 'UPDATE'),
        has_function_privilege('pg_monitor', 'f(int)', 'EXECUTE')
      """)
    #expect(rows == [["it's", "a number", "adds", true, true, false, false]])
  }

  /// The server knows of an index that it needs one, and not of the body of a function, nor of what the application runs.
  @Test func extensionsAreMade() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE EXTENSION pg_trgm;
      CREATE EXTENSION hstore;
      CREATE EXTENSION "uuid-ossp";
      CREATE TABLE things (name TEXT);
      CREATE INDEX things_name ON things USING gin (name gin_trgm_ops);
      CREATE FUNCTION pair(k text, v text) RETURNS text LANGUAGE plpgsql AS
        $$ BEGIN RETURN hstore(k, v)::text; END $$;
      """,
      """
      SELECT (SELECT string_agg(extname, ' ' ORDER BY oid) FROM pg_extension WHERE extname <> 'plpgsql'), pair('a', 'b')
      """)
    #expect(rows == [["pg_trgm hstore uuid-ossp", "\"a\"=>\"b\""]])
  }

  /// `FullSchema` compares them.
  @Test func compressionAndStatisticsTargetsStay() async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let rows = try await SchemaDumpTests.remade(
      .postgres,
      """
      CREATE TABLE things (id INT, n INT, x TEXT COMPRESSION pglz, y TEXT);
      CREATE STATISTICS "Both" ON id, n FROM things;
      ALTER STATISTICS "Both" SET STATISTICS 50;
      CREATE INDEX "by Length" ON things (n, length(x));
      ALTER INDEX "by Length" ALTER COLUMN 2 SET STATISTICS 77;
      CREATE MATERIALIZED VIEW numbers AS SELECT n FROM things;
      CREATE INDEX numbers_n ON numbers (n);
      ALTER MATERIALIZED VIEW numbers CLUSTER ON numbers_n;
      """,
      """
      SELECT (SELECT string_agg(attname || attcompression::text, ' ' ORDER BY attnum) FROM pg_attribute
          WHERE attrelid = 'things'::regclass AND attnum > 2),
        (SELECT stxstattarget::int FROM pg_statistic_ext),
        (SELECT attstattarget::int FROM pg_attribute WHERE attrelid = '"by Length"'::regclass AND attnum = 2),
        (SELECT indisclustered FROM pg_index WHERE indexrelid = 'numbers_n'::regclass)
      """)
    #expect(rows == [["xp y", 50, 77, true]])
  }
}
