/// A table of SQLite with everything that a rebuild might lose, and what else of the schema names it.
enum NastyTable {
  static let sql = #"""
    CREATE TABLE "odd parent" (x TEXT COLLATE NOCASE PRIMARY KEY, y INT);
    INSERT INTO "odd parent" VALUES ('a', 1), ('B', 2);
    CREATE TABLE "the ""order""" ( -- the table, with a comment
      "id" INTEGER PRIMARY KEY AUTOINCREMENT, -- the key, it's )
      größe TEXT COLLATE NOCASE DEFAULT 'it''s, (', /* , */
      [group] INT DEFAULT (1 + 1), "self" INT REFERENCES "the ""order""" (id) ON DELETE CASCADE,
      parent TEXT,
      twice INT GENERATED ALWAYS AS ("group" * 2) STORED, thrice INT AS ("group" * 3),
      blob, real REAL,
      CHECK ("the ""order"""."group" <> 7), CONSTRAINT "u 1" UNIQUE (größe, "group") -- last, (
    );
    CREATE TABLE log (what TEXT, id INT);
    CREATE TABLE child (id INTEGER PRIMARY KEY, "order" INT REFERENCES "the ""order""" ON DELETE SET NULL);
    CREATE TABLE strict_one (k ANY PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;
    CREATE TABLE loose (v);
    CREATE UNIQUE INDEX "an index" ON "the ""order""" ("group" DESC, größe COLLATE BINARY) WHERE "the ""order"""."group" > 0;
    CREATE INDEX by_expression ON "the ""order""" (lower(größe));
    CREATE VIEW "a view" AS SELECT id, größe AS size FROM "the ""order""";
    CREATE VIEW "view of view" AS SELECT v.size, l.what FROM "a view" v LEFT JOIN log l ON l.id = v.id;
    CREATE VIEW broken AS SELECT * FROM gone;
    CREATE TRIGGER "on insert" AFTER INSERT ON "the ""order""" BEGIN
      INSERT INTO log VALUES ('inserted', new.id); -- it's
    END;
    CREATE TRIGGER on_delete AFTER DELETE ON "THE ""ORDER""" WHEN old.id > 0 BEGIN
      INSERT INTO log VALUES ('deleted', old.id);
    END;
    CREATE TRIGGER through_view INSTEAD OF INSERT ON "a view" BEGIN
      INSERT INTO "the ""order""" (größe) VALUES (new.size);
    END;
    CREATE TRIGGER of_another AFTER INSERT ON loose BEGIN
      UPDATE "the ""order""" SET blob = new.v WHERE id = 1;
    END;
    INSERT INTO "the ""order""" (id, größe, "group", "self", parent, blob, real) VALUES
      (1, 'a', 1, NULL, 'A', x'00ff', 1), (2, 'b', NULL, 1, 'b', 2, 2.5), (5, 'c', 3, 2, NULL, 'x', NULL),
      (9, NULL, NULL, NULL, 'nobody', NULL, 0.1), (1000, 'z', 4, NULL, 'nobody', NULL, 0);
    DELETE FROM "the ""order""" WHERE id = 1000;
    INSERT INTO child VALUES (1, 1), (2, 2), (3, NULL);
    INSERT INTO strict_one VALUES (1, '1'), ('1', 2), (x'01', NULL);
    INSERT INTO loose (rowid, v) VALUES (3, 1), (77, NULL);
    UPDATE "the ""order""" SET blob = x'00ff' WHERE id = 1;
    DELETE FROM log;
    ANALYZE;
    """#
}
