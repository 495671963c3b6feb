extension Corpus {
  /// How deltas are written.
  static let discipline: [Example] = [
    Example("CREATE INDEX things_note ON things (note);", "D03"),
    Example("ALTER TABLE things ADD COLUMN kind TEXT UNIQUE;", "D03", on: .postgres),
    Example("DROP INDEX things_size;", "D04"),
    Example(
      "DROP INDEX things_name;\nCREATE UNIQUE INDEX things_by_name ON things (name);", "D04", "D03",
      on: .sqlite),
    Example(
      "DROP INDEX things_name;\nCREATE UNIQUE INDEX things_by_name ON things (name);", "D04", "D03", "P07",
      on: .postgres),
    Example(
      "DROP INDEX things_size;\nCREATE INDEX things_size ON things (size DESC);", "D03", near: ["D04"],
      on: .sqlite),
    Example(
      "DROP INDEX things_size;\nCREATE INDEX things_size ON things (size DESC);", "D03", "P07", near: ["D04"],
      on: .postgres),
    Example(
      """
      ALTER TABLE feelings DROP CONSTRAINT ordered;
      ALTER TABLE feelings ADD CONSTRAINT ordered CHECK (until > 'b');
      """, "C08", "D09", "P02", on: .postgres),
    Example(
      """
      ALTER TABLE feelings DROP CONSTRAINT owner,
        ADD CONSTRAINT owner FOREIGN KEY (parent) REFERENCES parents ON DELETE CASCADE;
      """, "D09", "P02", near: ["C08"], on: .postgres),
    Example("ALTER INDEX things_size RENAME TO things_by_size;", near: ["D03", "D04"], on: .postgres),
    Example("DO $$ BEGIN PERFORM 1; END $$;", "D11", on: .postgres),
    Example("CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';\nCALL p();", "D11", on: .postgres),
    Example(
      "CREATE DOMAIN short AS TEXT;\nALTER DOMAIN short ADD CHECK (length(VALUE) < 9);", "D11", on: .postgres),

    Example(
      "CREATE TABLE more (a TEXT);\nCREATE INDEX m ON more (a);\nDROP INDEX m;", near: ["D03", "D04"]),
    Example("ALTER TABLE things ADD COLUMN kind TEXT;\nDROP INDEX IF EXISTS missing;", near: ["D04"]),
    Example(
      "ALTER TABLE things ADD CONSTRAINT one_name UNIQUE USING INDEX things_name;",
      near: ["D03", "D04", "C07", "C12"], on: .postgres),
    Example(
      """
      ALTER TABLE feelings DROP CONSTRAINT owner;
      ALTER TABLE feelings ADD CONSTRAINT owner_v2 FOREIGN KEY (parent) REFERENCES parents ON DELETE CASCADE NOT VALID;
      """, near: ["C08", "D09", "P02"], on: .postgres),
    Example(
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nSELECT f();", near: ["D11"], on: .postgres
    ),
  ]
}
