import GradusTestSupport

extension TemporarySchema {
  /// Orders in version 1, and in version 2 a backfill, an update that fails, one that waits for it, and a script. A
  /// failure parks at once.
  static func steered(orders: Int = 300) throws -> TemporarySchema {
    try TemporarySchema([
      "gradus.yaml": "background_updates: {max_failures: 1}\n",
      "schema/schema.yaml": "version: 2\ncompat_version: 1\n",
      "schema/main/1/01_orders.sql": """
      CREATE TABLE orders (id BIGINT PRIMARY KEY, touched BIGINT NOT NULL DEFAULT 0);
      INSERT INTO orders (id) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < \(orders))
        SELECT n FROM c;
      CREATE TABLE log (entry TEXT);
      """,
      "schema/state/1/01_notes.sql": "CREATE TABLE notes (id BIGINT);",
      "delta/main/2/01_updates.updates.yaml": """
      updates:
        - {name: touch, kind: backfill, table: orders, key: id, sql: "UPDATE orders SET touched = touched + 1 WHERE {range}"}
        - {name: broken, kind: sql, sql: "INSERT INTO nowhere VALUES (1)"}
        - {name: late, kind: sql, depends_on: broken, sql: "INSERT INTO log VALUES ('late')"}
        - {name: script, kind: sql, sql: "INSERT INTO log VALUES ('script')"}
      """,
    ])
  }

  /// The same, whose workers write what they are at before each batch.
  static func steeredAndShown(orders: Int = 300) throws -> TemporarySchema {
    let schema = try steered(orders: orders)
    try schema.write(
      "gradus.yaml", "background_updates: {max_failures: 1, health: {interval_ms: 1}}\n")
    try schema.write(
      "schema/schema.yaml",
      "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n")
    return schema
  }
}
