extension Corpus {
  /// What breaks older versions.
  static let compat: [Example] = [
    Example("ALTER TABLE things DROP COLUMN note;", "C01"),
    Example("DROP VIEW small;\nDROP TABLE things;", "C02", "C02"),
    Example("DROP VIEW small;", "C02"),
    Example("DROP TABLE parents;", "C02", on: .sqlite),
    Example("ALTER TABLE things RENAME COLUMN note TO remark;", "C03"),
    Example("ALTER TABLE things RENAME COLUMN name TO title;", "C03", near: ["C04"]),
    Example("ALTER TABLE parents RENAME TO owners;", "C03"),
    Example("ALTER TABLE things ADD COLUMN kind TEXT NOT NULL;", "C04", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN note SET NOT NULL;", "C05", "P01", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN parent TYPE INTEGER;", "C06", "P05", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN note TYPE VARCHAR(5);", "C06", "P05", on: .postgres),
    Example(
      "ALTER TABLE things ALTER COLUMN note TYPE BYTEA USING note::bytea;", "C06", "P05", on: .postgres),
    Example("CREATE UNIQUE INDEX things_note ON things (note);", "D03", "C07"),
    Example("ALTER TABLE things ADD CONSTRAINT one_note UNIQUE (note);", "C07", "D03", on: .postgres),
    Example("ALTER TABLE things ADD CONSTRAINT positive CHECK (size > 0) NOT VALID;", "C08", on: .postgres),
    Example(
      "ALTER TABLE things ADD CONSTRAINT owner FOREIGN KEY (size) REFERENCES parents NOT VALID;", "C08",
      on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN name DROP NOT NULL;", "C09", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN parent TYPE NUMERIC;", "C10", "P05", on: .postgres),
    Example(
      "ALTER TABLE things ALTER COLUMN parent TYPE NUMERIC, ALTER COLUMN parent SET NOT NULL;", "C10",
      "C05",
      "P05", "P01", on: .postgres),
    Example(
      "ALTER TABLE things ALTER COLUMN code TYPE VARCHAR(5), ALTER COLUMN code DROP NOT NULL;",
      "C06", "C09", "P05", near: ["C11"], on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN code DROP DEFAULT;", "C11", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN code SET DEFAULT 'y';", "C11", on: .postgres),
    Example("DROP INDEX things_name;", "D04", "C12"),
    Example("ALTER TABLE things DROP CONSTRAINT things_code_size_key;", "C12", on: .postgres),
    Example(
      "CREATE TRIGGER t AFTER INSERT ON things BEGIN UPDATE things SET note = 'x' WHERE id = NEW.id; END;",
      "C13", on: .sqlite),
    Example(
      """
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE things SET size = 1; RETURN NEW; END $$;
      CREATE TRIGGER t AFTER INSERT ON things FOR EACH ROW EXECUTE FUNCTION f();
      """, "C13", on: .postgres),
    Example("CREATE RULE r AS ON DELETE TO parents DO INSTEAD NOTHING;", "C13", on: .postgres),
    Example("ALTER TABLE things ENABLE ROW LEVEL SECURITY;", "C13", on: .postgres),
    Example(
      """
      ALTER DOMAIN brief_text ADD CONSTRAINT again CHECK (length(VALUE) < 9);
      ALTER DOMAIN brief_text DROP CONSTRAINT brief_text_check;
      """, "D11", "D11", near: ["C08"], on: .postgres),
    Example(
      "ALTER DOMAIN brief_text ADD CONSTRAINT filled CHECK (VALUE <> '');", "C08", "D11", on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;", "C06", on: .postgres),
    Example(
      notes("id INTEGER PRIMARY KEY, body TEXT, size INTEGER, kind TEXT UNIQUE", "STRICT"), "C06", on: .sqlite
    ),
    Example(
      """
      DROP TRIGGER notes_size;
      CREATE TABLE new_notes (id INTEGER PRIMARY KEY, body TEXT, size INTEGER AS (length(body)), kind TEXT UNIQUE);
      INSERT INTO new_notes (id, body, kind) SELECT id, body, kind FROM notes;
      DROP TABLE notes;
      ALTER TABLE new_notes RENAME TO notes;
      CREATE INDEX notes_body ON notes (body);
      """, "C06", "L02", on: .sqlite),
    Example("DROP VIEW small;\nCREATE VIEW small AS SELECT size FROM things WHERE size < 10;", "C01"),
    Example("DROP SEQUENCE numbers;", "C02", on: .postgres),
    Example("ALTER SEQUENCE numbers RENAME TO figures;", "C03", on: .postgres),
    Example("DROP FUNCTION twice;", "C02", on: .postgres),

    Example(
      "CREATE TABLE more (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, CHECK (id > 0));",
      near: ["C04", "C07", "C08"]),
    Example("ALTER TABLE things ADD COLUMN kind TEXT;", near: ["C04"]),
    Example(
      "ALTER TABLE things ADD COLUMN kind TEXT NOT NULL DEFAULT 'plain';", near: ["C04", "C05", "P04"]),
    Example("ALTER TABLE things ADD COLUMN twice INTEGER AS (size * 2) VIRTUAL;", near: ["C04"], on: .sqlite),
    Example(
      "CREATE TABLE more (id BIGINT);\nALTER TABLE more ADD COLUMN x TEXT;\nCREATE UNIQUE INDEX m ON more (x);",
      near: ["C07", "D03", "P07"]),
    Example(
      "CREATE TABLE more (a TEXT, b TEXT);\nALTER TABLE more DROP COLUMN b;\nALTER TABLE more RENAME COLUMN a TO c;",
      near: ["C01", "C03"]),
    Example("CREATE TABLE more (a TEXT);\nDROP TABLE more;", near: ["C02"]),
    Example("CREATE VIEW other AS SELECT id, name FROM things;"),
    Example(
      "DROP VIEW small;\nCREATE VIEW small AS SELECT id FROM things WHERE size < 20;", near: ["C02"]),
    Example(
      """
      CREATE TABLE more (id BIGINT);
      ALTER TABLE more ENABLE ROW LEVEL SECURITY;
      CREATE POLICY p ON more USING (id > 0);
      CREATE RULE r AS ON DELETE TO more DO INSTEAD NOTHING;
      """, near: ["C13"], on: .postgres),
    Example("INSERT INTO parents VALUES (1);"),
    Example(
      "ALTER TABLE things ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;", near: ["C06"], on: .postgres
    ),
    Example("ALTER SEQUENCE numbers OWNED BY things.size;", near: ["C02"], on: .postgres),
    Example(
      "CREATE OR REPLACE FUNCTION twice(n BIGINT) RETURNS BIGINT LANGUAGE sql AS 'SELECT n + n';",
      near: ["C02"],
      on: .postgres),
    Example(
      """
      CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
      DROP FUNCTION f;
      CREATE VIEW brief AS SELECT id FROM things;
      DROP VIEW brief;
      """, near: ["C02"], on: .postgres),
    Example(
      "ALTER TABLE things ALTER COLUMN note TYPE VARCHAR;", near: ["C06", "C10", "P05"], on: .postgres),
    Example("ALTER TABLE things ALTER COLUMN note SET DEFAULT 'x';", near: ["C11", "P04"], on: .postgres),
    Example("CREATE SEQUENCE s;\nCREATE TYPE colour AS ENUM ('red');", near: ["C10"], on: .postgres),
    Example(
      "CREATE TYPE colour AS ENUM ('red');\nALTER TYPE colour RENAME VALUE 'red' TO 'green';", near: ["C06"],
      on: .postgres),
    Example(
      "CREATE TABLE more (a TEXT NOT NULL);\nALTER TABLE more ALTER COLUMN a DROP NOT NULL;", near: ["C09"],
      on: .postgres),
    Example(
      """
      CREATE TABLE more (a TEXT);
      CREATE TRIGGER t AFTER INSERT ON more BEGIN DELETE FROM things WHERE id = NEW.a; END;
      """, near: ["C13", "P09"], on: .sqlite),
    Example(
      "CREATE TABLE more (a BIGINT UNIQUE);\nALTER TABLE more DROP CONSTRAINT more_a_key;", near: ["C12"],
      on: .postgres),
    Example("ALTER INDEX things_size SET (fillfactor = 90);\nCOMMENT ON TABLE things IS 'x';", on: .postgres),
    Example("-- gradus:ignore C01 nobody reads it since version 0\nALTER TABLE things DROP COLUMN note;"),
    // The other statement of the line is not meant, nor does a text mean anything.
    Example(
      "-- gradus:ignore C01 nobody reads it\n-- gradus:ignore C02 so it is\nALTER TABLE things DROP COLUMN note; DROP VIEW small;",
      "C02"),
    Example(
      "INSERT INTO parents (id) SELECT 1 WHERE 'a\n-- gradus:ignore C01 it says so\n' = '';\nALTER TABLE things DROP COLUMN note;",
      "C01"),
    Example(
      "ALTER TABLE things ADD COLUMN a TEXT;\n\n-- gradus:ignore C01 unused\n-- gradus:ignore D04 unused\n\n/* it */ ALTER TABLE things DROP COLUMN note;"
    ),
  ]
}
