extension Corpus {
  /// P03 and P07: how long locks are waited for and held.
  static let locks: [Example] = [
    Example("SET LOCAL lock_timeout = 0;\nALTER TABLE things ADD COLUMN a TEXT;", "P03", on: .postgres),
    Example("RESET lock_timeout;", "P03", on: .postgres),
    Example("SELECT set_config('lock_timeout', '1min', true);", "P03", on: .postgres),
    Example(
      "-- gradus:no-transaction\nALTER TABLE things ADD COLUMN a TEXT;", "P03", on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN a TEXT;\nALTER TABLE parents ADD COLUMN a TEXT;", "P07", on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN a TEXT;\nUPDATE things SET a = name;", "P07", "P09", on: .postgres),
    Example(
      "LOCK TABLE parents IN ACCESS EXCLUSIVE MODE;\nCREATE TABLE copy AS SELECT * FROM things;", "P07",
      on: .postgres),

    Example(
      "-- gradus:no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS things_size;", "D04", near: ["P03"],
      on: .postgres),
    Example("-- gradus:no-transaction\nDROP INDEX IF EXISTS things_size;", "D04", "P03", on: .postgres),
    Example(
      "SET LOCAL lock_timeout = '1s';\nALTER TABLE things ADD COLUMN a TEXT;", near: ["P03"], on: .postgres),
    Example(
      "ALTER TABLE parents RENAME TO owners;\nALTER TABLE owners ADD COLUMN a TEXT;", "C03", near: ["P07"],
      on: .postgres),
    Example("SET LOCAL statement_timeout = 0;", near: ["P03"], on: .postgres),
    // Settings keep nobody from a table.
    Example(
      "ALTER TABLE things SET (fillfactor = 90);\nALTER TABLE parents ADD COLUMN a TEXT;", near: ["P07"],
      on: .postgres),
    Example(
      "-- gradus:no-transaction\nALTER TABLE things SET (autovacuum_enabled = false);", near: ["P03"],
      on: .postgres),
    Example(
      "-- gradus:no-transaction\nSET lock_timeout = '2s';\nALTER TABLE things ADD COLUMN IF NOT EXISTS a TEXT;",
      near: ["P03"],
      on: .postgres),
    Example(
      """
      CREATE TABLE more (id BIGINT PRIMARY KEY, a TEXT);
      INSERT INTO more SELECT id, name FROM things;
      UPDATE more SET a = '';
      ALTER TABLE things ADD COLUMN a TEXT;
      ALTER TABLE things ALTER COLUMN a SET DEFAULT '';
      UPDATE things SET a = 'x' WHERE id = 1;
      INSERT INTO more (id) VALUES (-1);
      """, near: ["P07", "P09"], on: .postgres),
    Example(
      "LOCK TABLE parents IN SHARE MODE;\nALTER TABLE things ADD COLUMN a TEXT;", near: ["P07"], on: .postgres
    ),
  ]
}
