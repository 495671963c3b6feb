extension Corpus {
  /// Tables of SQLite's that are made anew.
  static let rebuilds: [Example] = [
    Example(
      """
      CREATE TABLE new_parents (id BIGINT NOT NULL);
      INSERT INTO new_parents SELECT id FROM parents;
      DROP TABLE parents;
      ALTER TABLE new_parents RENAME TO parents;
      """, "C05", "C12", on: .sqlite),
    Example(
      """
      DROP VIEW small;
      CREATE TABLE new_things (
        id BIGINT PRIMARY KEY, name TEXT NOT NULL, size INTEGER DEFAULT 1, note TEXT NOT NULL,
        parent BIGINT REFERENCES parents (id), code TEXT NOT NULL DEFAULT 'x', UNIQUE (code, size)
      );
      INSERT INTO new_things SELECT * FROM things WHERE note IS NOT NULL;
      DROP TABLE things;
      ALTER TABLE new_things RENAME TO things;
      CREATE UNIQUE INDEX things_name ON things (name);
      CREATE INDEX things_size ON things (size);
      CREATE VIEW small AS SELECT id FROM things WHERE size < 10;
      """, "C05", "C08", "D14", "P13", on: .sqlite),
    // Index and trigger are forgotten.
    Example(
      """
      CREATE TABLE new_notes (id INTEGER PRIMARY KEY, body TEXT DEFAULT '', size INTEGER, kind TEXT UNIQUE);
      INSERT INTO new_notes SELECT * FROM notes;
      DROP TABLE Notes;
      ALTER TABLE new_notes RENAME TO notes;
      """, "L02", on: .sqlite),
    Example(
      """
      ALTER TABLE notes RENAME TO old_notes;
      CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT DEFAULT '', kind TEXT UNIQUE);
      INSERT INTO notes SELECT id, body, kind FROM old_notes;
      DROP TABLE old_notes;
      CREATE INDEX notes_body ON notes (body);
      """, "C01", "L02", on: .sqlite),
    // A foreign key is looked at earlier than it was.
    Example(
      """
      CREATE TABLE new_links (
        id INTEGER PRIMARY KEY, other BIGINT REFERENCES holders,
        owner BIGINT REFERENCES holders ON DELETE CASCADE NOT DEFERRABLE INITIALLY DEFERRED
      );
      INSERT INTO new_links SELECT * FROM links;
      DROP TABLE links;
      ALTER TABLE new_links RENAME TO links;
      CREATE INDEX links_owner ON links (owner);
      CREATE INDEX links_other ON links (other);
      """, "C08", on: .sqlite),

    // One that changes nothing.
    Example(
      """
      DROP VIEW small;
      CREATE TABLE new_things (
        id BIGINT PRIMARY KEY, name TEXT NOT NULL, size INTEGER DEFAULT 1, note TEXT,
        parent BIGINT, code TEXT NOT NULL DEFAULT 'x', extra TEXT, UNIQUE (code, size)
      );
      INSERT INTO new_things SELECT *, NULL FROM things;
      DROP TABLE things;
      ALTER TABLE new_things RENAME TO things;
      CREATE UNIQUE INDEX things_name ON things (name);
      CREATE INDEX things_size ON things (size);
      CREATE VIEW small AS SELECT id FROM things WHERE size < 10;
      """, near: ["C02", "L02", "D04", "D14"], on: .sqlite),
    // All is back, the unique index as a constraint.
    Example(
      """
      CREATE TABLE new_notes (id INTEGER PRIMARY KEY, body TEXT, size INTEGER, kind TEXT UNIQUE, at INTEGER);
      INSERT INTO new_notes SELECT *, 0 FROM notes;
      DROP TABLE notes;
      ALTER TABLE new_notes RENAME TO notes;
      CREATE INDEX notes_body ON notes (body);
      CREATE TRIGGER notes_size AFTER INSERT ON notes BEGIN
        UPDATE notes SET size = length(NEW.body) WHERE id = NEW.id;
      END;
      """, near: ["L02", "C13"], on: .sqlite),
    // Names in another letter case are the same; so is a foreign key that names the primary key's columns.
    Example(
      """
      CREATE TABLE New_Notes (ID INTEGER PRIMARY KEY, Body TEXT, Size INTEGER, Kind TEXT UNIQUE);
      INSERT INTO New_Notes SELECT * FROM notes;
      DROP TABLE notes;
      ALTER TABLE New_Notes RENAME TO Notes;
      CREATE INDEX Notes_Body ON Notes (Body);
      CREATE TRIGGER Notes_Size AFTER INSERT ON Notes BEGIN
        UPDATE Notes SET Size = length(NEW.Body) WHERE ID = NEW.ID;
      END;
      """, near: ["C01", "C02", "C12", "C13", "D03", "L02"], on: .sqlite),
    Example(
      """
      CREATE TABLE new_links (
        id INTEGER PRIMARY KEY, other BIGINT REFERENCES Holders (ID),
        owner BIGINT REFERENCES HOLDERS ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
      );
      INSERT INTO new_links SELECT * FROM links;
      DROP TABLE links;
      ALTER TABLE new_links RENAME TO links;
      CREATE INDEX links_owner ON links (owner);
      CREATE INDEX links_other ON links (other);
      """, near: ["C08", "L02"], on: .sqlite),
    // A foreign key is looked at later than it was.
    Example(
      """
      CREATE TABLE new_links (
        id INTEGER PRIMARY KEY, other BIGINT REFERENCES holders DEFERRABLE INITIALLY DEFERRED,
        owner BIGINT REFERENCES holders ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
      );
      INSERT INTO new_links SELECT * FROM links;
      DROP TABLE links;
      ALTER TABLE new_links RENAME TO links;
      CREATE INDEX links_owner ON links (owner);
      CREATE INDEX links_other ON links (other);
      """, near: ["C08", "L02"], on: .sqlite),
  ]
}
