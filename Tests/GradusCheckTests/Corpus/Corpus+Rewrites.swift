extension Corpus {
  /// P04, P05 and P11: tables that PostgreSQL writes anew.
  static let rewrites: [Example] = [
    Example("ALTER TABLE things ADD COLUMN token UUID DEFAULT gen_random_uuid();", "P04", on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp();", "P04", on: .postgres
    ),
    Example("ALTER TABLE things ADD COLUMN number BIGSERIAL;", "P04", on: .postgres),
    Example(
      "ALTER TABLE things ALTER COLUMN name TYPE TEXT COLLATE \"C\";", "C06", "P05", on: .postgres),
    Example("ALTER TABLE things SET UNLOGGED;", "P05", on: .postgres),
    Example("ALTER TABLE things ADD COLUMN kind BIGINT GENERATED ALWAYS AS IDENTITY;", "P11", on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN twice INTEGER GENERATED ALWAYS AS (size * 2) STORED;", "P11",
      on: .postgres),
    Example("CLUSTER things USING things_size;", "P05", on: .postgres),
    Example("REINDEX TABLE things;", "P05", on: .postgres),
    Example(
      "-- gradus:no-transaction\nSET lock_timeout = '2s';\nVACUUM (FULL true) things;", "P05", near: ["P03"],
      on: .postgres),

    Example(
      "-- gradus:no-transaction\nREINDEX INDEX CONCURRENTLY things_size;", near: ["P03", "P05"],
      on: .postgres),
    Example("TRUNCATE things;", "D14", near: ["P05"], on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN at TIMESTAMPTZ NOT NULL DEFAULT now();", near: ["P04"], on: .postgres),
    // It is the other column for which the table is written anew.
    Example(
      "ALTER TABLE things ALTER COLUMN parent TYPE NUMERIC, ADD COLUMN more INTEGER NOT NULL DEFAULT 0;",
      "C10", "P05", near: ["P04"], on: .postgres),
    Example(
      "ALTER TABLE things ALTER COLUMN parent TYPE NUMERIC, ADD COLUMN more INTEGER DEFAULT NULL::INTEGER;",
      "C10", "P05", near: ["P04"], on: .postgres),
    Example(
      "ALTER TABLE things ALTER COLUMN parent TYPE NUMERIC, ADD COLUMN token UUID DEFAULT gen_random_uuid();",
      "C10", "P04", "P05", on: .postgres),
    // It is computed once for all rows.
    Example(
      "ALTER TABLE things ALTER COLUMN parent TYPE NUMERIC, ADD COLUMN at TIMESTAMPTZ NOT NULL DEFAULT now();",
      "C10", "P05", near: ["P04"], on: .postgres),
    Example(
      "ALTER TABLE things ADD COLUMN token UUID;\nALTER TABLE things ALTER COLUMN token SET DEFAULT gen_random_uuid();",
      near: ["P04"], on: .postgres),
    Example(
      "CREATE TABLE more (a INTEGER);\nALTER TABLE more ALTER COLUMN a TYPE BIGINT;", near: ["P05"],
      on: .postgres),
    Example(
      "CREATE TABLE more (a INTEGER);\nALTER TABLE more ADD COLUMN b INTEGER GENERATED ALWAYS AS (a * 2) STORED;",
      near: ["P11"], on: .postgres),
    Example(
      "CREATE TABLE more (id BIGINT PRIMARY KEY, b INTEGER AS (id + 2) STORED);",
      near: ["P11"], on: .sqlite),
  ]
}
