extension Corpus {
  /// D14: rows and values that go along with a table or column that is there again.
  static let losses: [Example] = [
    // What refers to a table is deleted with its rows.
    Example(
      """
      CREATE TABLE new_holders (id INTEGER PRIMARY KEY, note TEXT);
      INSERT INTO new_holders (id) SELECT id FROM holders;
      DROP TABLE holders;
      ALTER TABLE new_holders RENAME TO holders;
      """, "D14", on: .sqlite),
    Example("ALTER TABLE things DROP COLUMN note;\nALTER TABLE things ADD COLUMN note TEXT;", "D14"),
    Example("ALTER TABLE things ALTER COLUMN note TYPE TEXT USING NULL;", "D14", "P05", on: .postgres),

    Example(
      """
      -- gradus:no-transaction
      PRAGMA foreign_keys = OFF;
      CREATE TABLE IF NOT EXISTS new_holders (id INTEGER PRIMARY KEY, note TEXT);
      INSERT OR IGNORE INTO new_holders (id) SELECT id FROM holders;
      DROP TABLE holders;
      ALTER TABLE new_holders RENAME TO holders;
      """, near: ["D14", "D12", "L03"], on: .sqlite),
    Example(
      """
      -- gradus:ignore D14 nobody has written it yet
      ALTER TABLE things DROP COLUMN note;
      ALTER TABLE things ADD COLUMN note TEXT;
      """, near: ["D14"]),
  ]
}
