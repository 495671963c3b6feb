extension Corpus {
  /// Statements that are spelt otherwise than most, or do several things.
  static let spellings: [Example] = [
    // What is no name is no RENAME.
    Example("ALTER TABLE things DROP COLUMN note /* in place of a rename */;", "C01", near: ["C03"]),
    Example(
      "ALTER TABLE things ADD CONSTRAINT c CHECK (note <> 'rename it') NOT VALID;", "C08", on: .postgres),
    Example("ALTER TABLE things ADD COLUMN \"rename\" TEXT NOT NULL;", "C04", on: .postgres),
    Example(
      "/* a */ alter /* b */ table main.[notes] -- c\n rename \"body\" to 'text_body';", "C03",
      near: ["C01"], on: .sqlite),
    // PostgreSQL's comments nest.
    Example(
      "SELECT 1;\n/* a /* b */ c */ ALTER TABLE ONLY \"public\".things DROP note;", "C01", near: ["D10"],
      on: .postgres),

    // Several parts of one ALTER TABLE, which PostgreSQL carries out in an order of its own.
    Example(
      "ALTER TABLE things ADD CONSTRAINT c CHECK (size > 0) NOT VALID, VALIDATE CONSTRAINT c;", "C08", "P08",
      on: .postgres),
    Example(
      "ALTER TABLE feelings ALTER COLUMN since SET NOT NULL, DROP CONSTRAINT known;", "C05", "P01",
      on: .postgres),
    Example(
      "ALTER TABLE feelings ALTER COLUMN since SET NOT NULL, DROP CONSTRAINT ordered;", "C05", near: ["P01"],
      on: .postgres),
    Example("ALTER TABLE things DROP COLUMN note, ADD COLUMN note TEXT;", "D14", on: .postgres),
    // Conditions that all have to hold, one of which is enough; not where either is.
    Example(
      """
      ALTER TABLE feelings DROP CONSTRAINT known,
        ADD CONSTRAINT known CHECK (length(since) > 0 AND since IS NOT NULL) NOT VALID;
      ALTER TABLE feelings VALIDATE CONSTRAINT known;
      ALTER TABLE feelings ALTER COLUMN since SET NOT NULL;
      """, "C05", "C08", "P08", near: ["P01"], on: .postgres),
    Example(
      """
      ALTER TABLE feelings DROP CONSTRAINT known,
        ADD CONSTRAINT known CHECK (until > 'a' OR since IS NOT NULL) NOT VALID;
      ALTER TABLE feelings VALIDATE CONSTRAINT known;
      ALTER TABLE feelings ALTER COLUMN since SET NOT NULL;
      """, "C05", "C08", "P01", "P08", on: .postgres),

    // An index that is a constraint's, or dropped again, when the delta ends.
    Example(
      """
      CREATE UNIQUE INDEX by_note ON things (note);
      ALTER TABLE things ADD CONSTRAINT one_note UNIQUE USING INDEX by_note;
      """, "C07", "D03", on: .postgres),
    Example("CREATE INDEX for_now ON things (note);\nDROP INDEX for_now;", "D03", near: ["D04"]),
    Example(
      "DROP INDEX things_size;\nCREATE INDEX things_size ON things (size);", "D03", near: ["D04"], on: .sqlite
    ),
    Example(
      """
      CREATE UNIQUE INDEX by_until ON feelings (until);
      ALTER TABLE feelings DROP CONSTRAINT feelings_pkey, ADD PRIMARY KEY USING INDEX by_until;
      """, "C05", "C07", "C12", "D03", "P01", on: .postgres),
    Example(
      """
      CREATE TABLE new_notes (id INTEGER PRIMARY KEY, body TEXT COLLATE NOCASE, size INTEGER, kind TEXT UNIQUE);
      INSERT INTO new_notes (id, body, size, kind) SELECT id, body, size, kind FROM notes;
      DROP TABLE main."Notes";
      ALTER TABLE new_notes RENAME TO notes;
      CREATE INDEX notes_body ON notes (body);
      CREATE TRIGGER notes_size AFTER INSERT ON notes BEGIN
        UPDATE notes SET size = length(NEW.body) WHERE id = NEW.id;
      END;
      """, near: ["D03", "L02"], on: .sqlite),

    // A setting's name has no upper or lower case.
    Example("SELECT set_config('Lock_Timeout', '0', true);", "P03", on: .postgres),
    Example("SET LOCAL \"Lock_Timeout\" = 0;", "P03", on: .postgres),

    Example("DELETE FROM things WHERE id = 1 OR id IN (2, 3);", near: ["P09"]),
    Example(
      "DELETE FROM things WHERE (code = 'x' AND size = 1) OR (size = 2 AND code = 'y');", near: ["P09"]),
    Example("DELETE FROM things WHERE (code = 'x' AND size = 1) OR size = 2;", "P09"),
    Example("DELETE FROM things WHERE id = ANY (ARRAY[1, 2]::bigint[]);", near: ["P09"], on: .postgres),
    Example("DELETE FROM things WHERE id = ANY ('{1, 2}');", near: ["P09"], on: .postgres),
    Example("DELETE FROM things WHERE id = ANY (ARRAY[1, parent]);", "P09", on: .postgres),
    Example("UPDATE small SET id = id;", "P09", on: .postgres),
    Example("UPDATE small SET id = id WHERE id = 1;", near: ["P09"], on: .postgres),

    Example(
      "CREATE TABLE \"a table with a name of exactly the 63 bytes that are kept of it. It goes on\" (id BIGINT);",
      "P12", on: .postgres),
    Example(
      "CREATE TABLE \"a table with a name of exactly the 63 bytes that are kept of it-goes-on\" (id BIGINT);",
      "P12", on: .postgres),
    Example(
      "CREATE TABLE \"a table with a name of exactly the 63 bytes that are kept of it\" (id BIGINT);",
      near: ["P12"], on: .postgres),

    Example("ALTER TABLE things ADD COLUMN kind TEXT NOT NULL DEFAULT NULL;", "C04", on: .sqlite),
    Example("ALTER TYPE mood RENAME TO temper;", "C03", near: ["C06"], on: .postgres),
    Example("ALTER DOMAIN brief_text RENAME TO short_text;", "C03", on: .postgres),
    Example("DROP DOMAIN brief_text;", "C02", on: .postgres),
    Example("DROP TYPE mood CASCADE;", "C01", "C02", near: ["C06"], on: .postgres),
    Example("ALTER VIEW small RENAME COLUMN id TO number;", "C03", near: ["C01"], on: .postgres),
    Example(
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_master SET sql = replace(sql, 'note TEXT', 'note TEXT NOT NULL') WHERE name = 'things';
      PRAGMA writable_schema = OFF;
      """, "D11", on: .sqlite),
    Example("PRAGMA writable_schema;\nPRAGMA writable_schema = RESET;", near: ["D11"], on: .sqlite),
  ]
}
