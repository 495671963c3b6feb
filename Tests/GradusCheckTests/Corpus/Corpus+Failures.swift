extension Corpus {
  /// P06, P10, P14 and D10: what a migration would refuse.
  static let failures: [Example] = [
    Example("CREATE INDEX CONCURRENTLY things_note ON things (note);", "P06", on: .postgres),
    Example("DROP INDEX CONCURRENTLY things_size;", "P06", on: .postgres),
    Example(
      "ALTER TYPE mood ADD VALUE 'bad';\nINSERT INTO feelings (id, mood) VALUES (1, 'bad');", "C10", "P10",
      on: .postgres),
    Example("BEGIN;\nALTER TABLE things ADD COLUMN a TEXT;\nCOMMIT;", "P14", "P14"),
    Example("SAVEPOINT s;\nALTER TABLE things DROP COLUMN note;", "C01", "P14"),
    Example("SELECT 1;\nDROP TABLE missing;", "D10"),
    Example("ALTER TABLE things ADD COLUMN;", "D10"),
    Example("ALTER TABLE things DROP COLUMN size;", "D10", on: .postgres),
    Example("ATTACH ':memory:' AS other;", "D10", on: .sqlite),
    // No suppression makes a delta run.
    Example(
      "-- gradus:ignore P14 I want to\n-- gradus:ignore D10 I want to\nBEGIN;\nDROP TABLE missing;", "P14",
      "D10"),

    Example(
      """
      -- gradus:no-transaction
      SET lock_timeout = '2s';
      DROP INDEX CONCURRENTLY IF EXISTS things_note;
      -- gradus:ignore D03 a small table
      CREATE INDEX CONCURRENTLY things_note ON things (note);
      """, near: ["P06", "P03"], on: .postgres),
    Example("ALTER TYPE mood ADD VALUE 'bad';", "C10", near: ["P10"], on: .postgres),
    Example(
      """
      CREATE TYPE colour AS ENUM ('red');
      CREATE TABLE more (id BIGINT, colour colour DEFAULT 'red');
      INSERT INTO more VALUES (1);
      """, near: ["P10"], on: .postgres),
    Example(
      "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$;", near: ["P14"],
      on: .postgres),
    Example(
      "CREATE TABLE more (a TEXT);\nCREATE TRIGGER t AFTER INSERT ON more BEGIN SELECT 1; END;",
      near: ["P14"],
      on: .sqlite),
    Example("DROP TABLE IF EXISTS missing;", near: ["D10"]),
  ]
}
