import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// What deltas do to partitions, to types that are made of others, and to triggers that do not run.
@Suite struct PartitionsAndTypesTests {
  private static let base = [
    "schema/main/1/01_base.sql.postgres": """
    CREATE TABLE events (id BIGINT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
    CREATE TABLE first PARTITION OF events FOR VALUES IN ('a');
    CREATE TABLE second (id BIGINT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (id, kind));
    CREATE TYPE address AS (street TEXT, zip NUMERIC(5, 0));
    CREATE TYPE span AS RANGE (subtype = integer);
    CREATE TABLE homes (id BIGINT PRIMARY KEY, place address, sizes INTEGER[]);
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER rests BEFORE INSERT ON homes FOR EACH ROW EXECUTE FUNCTION keep();
    ALTER TABLE homes DISABLE TRIGGER rests;
    CREATE TRIGGER runs BEFORE INSERT ON homes FOR EACH ROW EXECUTE FUNCTION keep();
    CREATE TABLE days (id BIGINT PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE days_0 PARTITION OF days FOR VALUES FROM (0) TO (1000);
    CREATE TABLE visits (id BIGINT PRIMARY KEY, day BIGINT REFERENCES days);
    CREATE INDEX visits_day ON visits (day);
    """
  ]

  @Test(
    arguments: [
      ("ALTER TABLE events ATTACH PARTITION second FOR VALUES IN ('b');", ["C08"]),
      ("ALTER TABLE events DETACH PARTITION first;", ["C02"]),
      ("CREATE TABLE third PARTITION OF events FOR VALUES IN ('c');", []),
      ("ALTER TYPE address DROP ATTRIBUTE zip;", ["C01"]),
      ("ALTER TYPE address RENAME ATTRIBUTE zip TO code;", ["C03"]),
      ("ALTER TYPE address ADD ATTRIBUTE town TEXT;", ["C06"]),
      ("CREATE TYPE other AS (a TEXT, b TEXT);\nALTER TYPE other DROP ATTRIBUTE a;", []),
      ("ALTER TYPE address RENAME TO place;", ["C03"]),
      ("DROP TYPE span;", ["C02"]),
      ("ALTER TABLE homes ALTER sizes TYPE BIGINT[];", ["C10", "P05"]),
      ("ALTER TABLE homes ALTER sizes TYPE SMALLINT[];", ["C06", "P05"]),
      ("ALTER TABLE homes ENABLE TRIGGER rests;", ["C13"]),
      ("ALTER TABLE homes ENABLE ALWAYS TRIGGER rests;", ["C13"]),
      ("ALTER TABLE homes ENABLE ALWAYS TRIGGER runs;", []),
      ("ALTER TABLE homes DISABLE TRIGGER runs;", []),
      ("DROP TRIGGER rests ON homes;", []),
      // What comes to a partition by its table is found once.
      ("ALTER TABLE events ADD COLUMN token UUID DEFAULT gen_random_uuid();", ["P04"]),
      ("ALTER TABLE events ADD CHECK (id > 0) NOT VALID;", ["C08"]),
      ("ALTER TABLE events DROP CONSTRAINT events_pkey;", ["C12"]),
      ("ALTER TABLE events RENAME COLUMN id TO number;", ["C03"]),
      ("CREATE INDEX events_kind ON events (kind);", ["D03"]),
      ("CREATE INDEX events_kind ON events (kind);\nDROP INDEX events_kind;", ["D03"]),
      ("DROP TABLE events;", ["C02"]),
      ("ALTER TABLE first ADD CHECK (id > 0) NOT VALID;", ["C08"]),
      ("CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (1000) TO (2000);", []),
      (
        "CREATE TABLE logs (id BIGINT PRIMARY KEY, day BIGINT REFERENCES days) PARTITION BY RANGE (id);\nCREATE TABLE logs_0 PARTITION OF logs DEFAULT;",
        ["P13"]
      ),
    ] as [(String, [String])])
  func findsWhatItHasToAndNothingElse(delta: String, expected: [String]) async throws {
    guard TestDatabase.availableEngines.contains(.postgres) else { return }
    let findings = try await Corpus.check(
      [.postgres], Self.base.merging(["delta/main/2/01_change.sql.postgres": delta]) { $1 })
    #expect(findings.map(\.rule).sorted() == expected, "\(findings.map(\.message))")
  }
}
