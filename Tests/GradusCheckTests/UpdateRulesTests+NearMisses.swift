extension UpdateRulesTests {
  static let good = [
    Example(
      "only updates rows of a table that is not logged",
      files: [
        "2/01_a.sql.postgres": "CREATE UNLOGGED TABLE things_cache (id BIGINT PRIMARY KEY, size BIGINT);",
        "2/02_b.updates.yaml": backfill.replacing("things", with: "things_cache"),
      ]),
    Example(
      "a table that is logged since",
      files: [
        "2/01_a.sql.postgres": cache, "2/02_b.updates.yaml": caches,
        "3/01_c.sql.postgres": "ALTER TABLE cache SET LOGGED;",
      ]),
    Example(
      "a table that is made anew, and logged",
      files: [
        "2/01_a.sql.postgres": "\(cache)\nDROP TABLE cache;\nCREATE TABLE cache (id BIGINT PRIMARY KEY);",
        "2/02_b.updates.yaml": caches,
      ]),
    Example(
      "fills it on SQLite only",
      files: [
        "2/01_a.sql.postgres": cache,
        "2/02_b.updates.yaml": caches.replacing("kind:", with: "engines: sqlite\n    kind:"),
      ]),
    Example(
      "a sum whose guards see deletions",
      ledger: sumLedger(", guards: [{on: things, key: [owner], events: [delete]}]"),
      files: ["2/01_a.updates.yaml": sums("sum(t.size)")]),
    Example(
      "the newest alone", ledger: sumLedger(), files: ["2/01_a.updates.yaml": sums("max(t.size)")]),
    Example(
      "a sum that no older version can spoil", ledger: sumLedger(compat: 2),
      files: ["2/01_a.updates.yaml": sums("sum(t.size)")]),
    Example(
      "a sum of another table", ledger: sumLedger(),
      files: [
        "2/01_a.updates.yaml": sums("max(t.size)"),
        "2/02_b.updates.yaml":
          "updates: [{name: s, kind: sql, sql: \"INSERT INTO others (n) SELECT count(*) FROM things\"}]",
      ]),
    Example("with its handler", files: ["3/01_a.sql": insert("fill", 301)]),
    Example(
      "declared",
      files: [
        "3/01_a.updates.yaml": "updates: [{name: fill, kind: handler}, {name: s, kind: sql, sql: SELECT 1}]"
      ]),
    Example(
      "depends on an earlier one",
      files: [
        "2/01_a.updates.yaml": "updates: [{name: s, kind: sql, sql: SELECT 1}]",
        "3/01_b.sql": insert("fill", 301, dependsOn: "s"),
      ]),
    Example(
      "depends on the application's own", handlers: ["fill", "job"],
      files: ["2/01_a.sql": insert("fill", 201, dependsOn: "job")]),
    Example(
      "only a comment",
      files: [
        "3/01_a.sql": "-- INSERT INTO background_updates VALUES ('nobody', '{}');\nSELECT 'DROP TABLE queue';"
      ]),
    Example(
      "another column goes",
      files: ["2/01_a.updates.yaml": backfill, "3/01_b.sql": "ALTER TABLE things DROP COLUMN other;"]),
    Example(
      "a script whose last word is UPDATE",
      files: [
        "2/01_a.updates.yaml":
          "updates: [{name: s, kind: sql, sql: {postgres: SELECT id FROM things FOR UPDATE, sqlite: SELECT 1}}]",
        "3/01_b.sql": "ALTER TABLE things ADD COLUMN size BIGINT;",
      ]),
    Example(
      "a statement that is not finished",
      files: ["2/01_a.updates.yaml": backfill, "3/01_b.sql.sqlite": "ALTER TABLE"]),
    Example(
      "another table",
      files: [
        "2/01_a.updates.yaml": backfill,
        "3/01_b.sql": "DROP TABLE queue;\nALTER TABLE notes DROP COLUMN note;",
      ]),
    Example(
      "dropped before it is queued", files: ["2/02_a.updates.yaml": drain, "2/01_b.sql": "DROP TABLE queue;"]),
    Example(
      "guaranteed by the ledger",
      ledger: ledger("starts: 2, completes: 3, updates: [empty_queue]", compat: 2),
      files: ["2/01_a.updates.yaml": drain, "3/01_b.sql": "DROP TABLE queue;"]),
    Example(
      "guaranteed by the ledger, which says only what queues it",
      ledger: ledger(
        "starts: 2, completes: 3, stale_after_rollback: [{table: sums, key: [id], position: p, source: {table: things, key: [owner], position: p}, requeue: {update: empty_queue}}]",
        compat: 2), files: ["2/01_a.updates.yaml": drain, "3/01_b.sql": "DROP TABLE queue;"]),
    Example(
      "a dependency of what is guaranteed",
      ledger: ledger("starts: 2, completes: 3, updates: [last]", compat: 2),
      files: [
        "2/01_a.updates.yaml": drain,
        "2/02_b.updates.yaml": "updates: [{name: last, kind: sql, sql: SELECT 1, depends_on: empty_queue}]",
        "3/01_b.sql": "DROP TABLE queue;",
      ]),
    Example(
      "a rebuild",
      files: [
        "2/01_a.updates.yaml": drain,
        "3/01_b.sql.sqlite":
          "CREATE TABLE new_queue (id BIGINT);\nDROP TABLE queue;\nALTER TABLE new_queue RENAME TO queue;",
      ]),
    Example(
      "a constraint that waits",
      files: [
        "2/01_a.updates.yaml": backfill,
        "3/01_b.updates.yaml":
          "updates: [{name: known, kind: constraint, table: things, not_null: size, depends_on: fill_size}]",
      ]),
    Example(
      "NOT NULL of another column",
      files: [
        "2/01_a.updates.yaml": backfill,
        "3/01_b.sql.postgres": "ALTER TABLE things ALTER COLUMN code SET NOT NULL;",
      ]),
    Example(
      "a plain index",
      files: ["2/01_a.updates.yaml": drain, "3/01_b.sql": "CREATE INDEX by_code ON things (code);"]),
    Example(
      "on another engine",
      files: [
        "2/01_a.updates.yaml": drain.replacing("kind:", with: "engines: sqlite, kind:"),
        "3/01_b.sql.postgres": "DROP TABLE queue;",
      ]),
    Example(
      "the trigger of a synchronised column goes first",
      files: [
        "2/01_a.updates.yaml": sync, "3/01_b.updates.yaml": syncEnd,
        "3/02_c.sql": "ALTER TABLE things DROP COLUMN size;",
      ]),
    Example(
      "a column beside a synchronised one goes",
      files: ["2/01_a.updates.yaml": sync, "3/01_b.sql": "ALTER TABLE things DROP COLUMN note;"]),
    Example("a release between", ledger: ledger("starts: 2, completes: 3", compat: 2), files: [:]),
    Example(
      "a future version", ledger: ledger("starts: 2, completes: 4", future: ", 4: {compat: 2}"), files: [:]),
    Example("planned, not yet in the ledger", ledger: ledger("starts: 3, completes: 4"), files: [:]),
    Example("first of all, on purpose", files: ["2/01_a.sql": insert("fill", 0)]),
    Example("the last of its version", files: ["2/01_a.sql": insert("fill", 299)]),
    Example(
      "an index of its own kind",
      files: ["2/01_a.updates.yaml": "updates: [{name: i, kind: index, table: things, columns: [size]}]"]),
    Example(
      "another index",
      files: [
        "2/01_a.updates.yaml": index, "3/01_b.sql": "DROP INDEX build_it;",
        "3/02_c.sql.postgres": "ALTER TABLE things ADD CONSTRAINT once UNIQUE USING INDEX by_size;",
      ]),
    Example(
      "an index that may be there",
      files: ["2/01_a.sql": "-- gradus:no-transaction\nCREATE INDEX IF NOT EXISTS i ON things (size);"]),
    Example("in a transaction", files: ["2/01_a.sql": "CREATE INDEX i ON things (size);"]),
    Example(
      "a script without an index",
      files: ["2/01_a.updates.yaml": "updates: [{name: s, kind: sql, sql: DROP INDEX i}]"]),
  ]
}
