extension Corpus {
  /// What breaks older versions.
  static let compat: [Example] = [
    Example("ALTER TABLE things DROP COLUMN note;", "C01"),
    Example("DROP VIEW small;\nDROP TABLE things;", "C02", "C02"),
    Example("DROP VIEW small;", "C02"),
    Example("DROP TABLE parents;", "C02", on: .sqlite),
    Example("ALTER TABLE things RENAME COLUMN note TO remark;", "C03"),
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
    Example("INSERT INTO parents VALUES (1);"),
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
    Example(
      "ALTER TABLE things ADD COLUMN a TEXT;\n\n-- gradus:ignore C01 unused\n-- gradus:ignore D04 unused\n\n/* it */ ALTER TABLE things DROP COLUMN note;"
    ),
  ]
}
