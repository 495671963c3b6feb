extension Corpus {
  /// L03 to L05: what SQLite ignores, refuses or takes otherwise.
  static let sqlite: [Example] = [
    Example("PRAGMA foreign_keys = OFF;", "L03", on: .sqlite),
    Example("PRAGMA foreign_keys(0);\nALTER TABLE things ADD COLUMN a TEXT;", "L03", on: .sqlite),
    Example("ALTER TABLE things DROP COLUMN size;", "L04", on: .sqlite),
    Example("ALTER TABLE notes DROP body;", "L04", on: .sqlite),
    Example("ALTER TABLE notes DROP COLUMN kind;", "L04", on: .sqlite),
    Example("CREATE VIEW big AS SELECT id FROM things WHERE code = \"large\";", "L05", on: .sqlite),
    Example("CREATE TABLE more (a TEXT);\nINSERT INTO more VALUES (\"plain\");", "L05", on: .sqlite),
    Example(
      """
      CREATE TABLE more (a TEXT);
      CREATE TRIGGER t AFTER INSERT ON more BEGIN INSERT INTO parents SELECT id FROM things WHERE code = "odd"; END;
      """, "L05", on: .sqlite),
    Example(
      """
      CREATE TABLE more (a TEXT);
      CREATE TRIGGER t AFTER INSERT ON more BEGIN INSERT INTO parents SELECT "values" FROM json_each(NEW.a); END;
      """, "L05", on: .sqlite),

    Example(
      """
      CREATE TABLE more (a TEXT);
      CREATE TRIGGER t AFTER INSERT ON more BEGIN
        INSERT INTO parents SELECT "value" FROM json_each(NEW.a) WHERE "type" = 'integer';
      END;
      CREATE VIEW parts AS SELECT "value" FROM more, json_tree(more.a) WHERE "fullkey" <> '$';
      INSERT INTO parents (id) SELECT "value" FROM json_each('[7]') WHERE "key" = 0;
      """, near: ["L05"], on: .sqlite),
    Example("PRAGMA defer_foreign_keys = ON;\nPRAGMA foreign_keys;", near: ["L03"], on: .sqlite),
    Example("-- gradus:no-transaction\nPRAGMA foreign_keys = OFF;", near: ["L03"], on: .sqlite),
    Example(
      """
      DROP TRIGGER notes_size;
      -- gradus:ignore C01 nobody reads it
      ALTER TABLE notes DROP COLUMN size;
      """, near: ["L04"], on: .sqlite),
    Example(
      """
      CREATE TABLE "odd name" ("a b" INTEGER PRIMARY KEY, "c" TEXT DEFAULT 'x', FOREIGN KEY ("a b") REFERENCES "things" ("id"));
      CREATE INDEX "odd index" ON "odd name" ("c" COLLATE NOCASE);
      CREATE VIEW "odd view" AS SELECT t."id" AS "the id", "SIZE" "how big" FROM "things" "t" WHERE "code" <> 'y';
      CREATE VIEW other AS SELECT "the id" + 1 FROM "odd view" WHERE "how big" > 2 ORDER BY "rowid";
      """, near: ["L05"], on: .sqlite),
  ]
}
