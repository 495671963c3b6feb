extension Corpus {
  /// C07, C11 and C12: what keys admit, and who gives them.
  static let keys: [Example] = [
    Example(
      "DROP INDEX things_name;\nCREATE UNIQUE INDEX things_name ON things (name COLLATE NOCASE);", "C07",
      "C12", "D03",
      on: .sqlite),
    Example(
      "CREATE UNIQUE INDEX things_both ON things (code, size) NULLS NOT DISTINCT;", "C07", "D03",
      on: .postgres),
    // ON CONFLICT takes no deferrable key.
    Example(
      """
      ALTER TABLE things DROP CONSTRAINT things_code_size_key;
      ALTER TABLE things ADD CONSTRAINT things_code_size_key UNIQUE (code, size) DEFERRABLE;
      """, "C12", "D03", "D09", near: ["C07"], on: .postgres),
    // What an INTEGER PRIMARY KEY is not given, it counts.
    Example(notes("id BIGINT PRIMARY KEY, body TEXT, size INTEGER, kind TEXT UNIQUE"), "C11", on: .sqlite),
    Example(
      notes("id INTEGER PRIMARY KEY, body TEXT, size INTEGER, kind TEXT UNIQUE", "WITHOUT ROWID"), "C05",
      "C11",
      on: .sqlite),
    Example(
      notes("id INTEGER PRIMARY KEY, body TEXT, size INTEGER, kind TEXT COLLATE NOCASE UNIQUE"), "C07", "C12",
      on: .sqlite),

    Example("CREATE UNIQUE INDEX things_both ON things (id, note);", "D03", near: ["C07"]),
    Example(
      "CREATE UNIQUE INDEX things_both ON things (name, size) NULLS NOT DISTINCT;", "D03", near: ["C07"],
      on: .postgres),
    Example(
      notes("id INTEGER PRIMARY KEY, body TEXT, size INTEGER, kind TEXT UNIQUE"), near: ["C11", "C12"],
      on: .sqlite),
  ]

  /// The notes made anew, with their index and trigger.
  static func notes(_ columns: String, _ options: String = "") -> String {
    """
    CREATE TABLE new_notes (\(columns)) \(options);
    INSERT INTO new_notes (id, body, size, kind) SELECT id, body, size, kind FROM notes;
    DROP TABLE notes;
    ALTER TABLE new_notes RENAME TO notes;
    CREATE INDEX notes_body ON notes (body);
    CREATE TRIGGER notes_size AFTER INSERT ON notes BEGIN
      UPDATE notes SET size = length(NEW.body) WHERE id = NEW.id;
    END;
    """
  }
}
