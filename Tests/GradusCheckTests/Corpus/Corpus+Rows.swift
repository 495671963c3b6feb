extension Corpus {
  /// L01 and D12: what only rows or a second run show.
  static let rows: [Example] = [
    Example(
      "ALTER TABLE things ADD COLUMN seen TEXT DEFAULT CURRENT_TIMESTAMP;", "L01", on: .sqlite),
    Example(
      "CREATE TABLE more (id BIGINT NOT NULL, note TEXT NOT NULL);\nINSERT INTO more SELECT id, note FROM things;",
      "L01"),
    Example(
      "-- gradus:no-transaction\n-- gradus:ignore P03 nobody else is there\nCREATE TABLE more (id BIGINT);",
      "D12"),

    Example("ALTER TABLE things ADD COLUMN seen TEXT DEFAULT 'never';", near: ["L01"]),
    Example(
      """
      CREATE TABLE more (id BIGINT NOT NULL, note TEXT NOT NULL);
      -- gradus:ignore L01 no note is NULL anywhere
      INSERT INTO more
        SELECT id, note FROM things;
      """, near: ["L01"]),
    Example(
      """
      -- gradus:no-transaction
      -- gradus:ignore P03 nobody else is there
      -- gradus:ignore D12 somebody looks after it
      CREATE TABLE more (id BIGINT);
      """, near: ["D12"]),
    Example(
      "CREATE TABLE more (id BIGINT NOT NULL, note TEXT);\nINSERT INTO more SELECT id, note FROM things;",
      near: ["L01"]),
    Example(
      """
      -- gradus:no-transaction
      -- gradus:ignore P03 nobody else is there
      CREATE TABLE IF NOT EXISTS more (id BIGINT);
      """, near: ["D12"]),
  ]
}
