package import GradusTestSupport

extension TemporarySchema {
  /// Work that takes a while on both engines, by a query's alias `o` for a row of orders.
  private static let effort =
    "0 * (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 150 + o.id % 7) SELECT count(*) FROM c)"

  /// Customers, and orders of theirs.
  private static func orders(customers: Int, orders: Int) -> String {
    """
    CREATE TABLE customers (name TEXT PRIMARY KEY);
    INSERT INTO customers WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < \(customers - 1))
      SELECT 'customer ' || n FROM c;
    CREATE TABLE orders (
      id BIGINT PRIMARY KEY, customer TEXT NOT NULL, amount BIGINT NOT NULL, touched BIGINT NOT NULL DEFAULT 0
    );
    INSERT INTO orders (id, customer, amount)
      WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < \(orders))
      SELECT n, 'customer ' || (n % \(customers)), n % 100 FROM c;
    CREATE INDEX orders_by_customer ON orders (customer);
    CREATE TABLE log (entry TEXT);
    """
  }

  /// Touches each order: twice touched is seen.
  private static let touch = """
    - name: touch_orders
        kind: backfill
        table: orders
        key: id
        sql: "UPDATE orders AS o SET touched = touched + 1 + \(effort) WHERE {range:o}"
    """

  /// Totals of each customer who is queued: twice inserted is seen.
  private static let fill = """
    - name: fill_totals
        kind: drain
        table: totals_queue
        key: customer
        depends_on: touch_orders
        sql: >
          INSERT INTO totals (customer, amount, last_order)
          SELECT o.customer, sum(o.amount + \(effort)), max(o.id)
          FROM orders o JOIN totals_queue q ON q.customer = o.customer WHERE {range:q} GROUP BY o.customer
    """

  /// Makes the write of progress take as long as that of rows, so that many kills come between the two.
  private static let slowProgress = [
    "delta/main/2/04_slow.sql.postgres": """
    CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE UPDATE ON background_updates FOR EACH ROW EXECUTE FUNCTION take_time();
    CREATE TRIGGER slow BEFORE UPDATE ON gradus_update_leases FOR EACH ROW EXECUTE FUNCTION take_time();
    """,
    "delta/main/2/04_slow.sql.sqlite": """
    CREATE TRIGGER slow BEFORE UPDATE ON background_updates BEGIN
      SELECT count(*) FROM orders a, orders b WHERE a.id <= 10 AND a.amount + b.amount = 7;
    END;
    """,
  ]

  /// Small, but on a slow machine not smaller.
  private static let smallBatches =
    "background_updates: {min_batch_size: 10, default_batch_size: 10, max_batch_size: 20}\n"

  private static let totals = """
    CREATE TABLE totals (customer TEXT PRIMARY KEY, amount BIGINT NOT NULL, last_order BIGINT NOT NULL);
    CREATE TABLE totals_queue (customer TEXT PRIMARY KEY REFERENCES customers (name));
    INSERT INTO totals_queue SELECT name FROM customers;
    """

  /// A gradual migration with batches to complete in the foreground, among many deltas. All of it is declared.
  ///
  /// - Parameters:
  ///   - customers: how many there are.
  ///   - orders: how many there are, in all.
  ///   - deltas: how many each version has, besides those of the migration.
  package static func manyDeltas(customers: Int = 2_000, orders: Int = 6_000, deltas: Int = 12) throws
    -> TemporarySchema
  {
    let tree = try TemporarySchema([
      "schema/schema.yaml": """
      version: 3
      compat_version: 2
      versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}
      gradual_migrations:
        - name: totals
          starts: 2
          completes: 3
          updates: [touch_orders, fill_totals]
          stale_after_rollback:
            - table: totals
              key: [customer]
              position: last_order
              source: {table: orders, key: [customer], position: id}
              requeue: {into: totals_queue, parent: {table: customers, key: [name]}, update: fill_totals}
              when_empty: {rows_in: orders, queue: [{update: fill_totals}]}
      """,
      "schema/main/1/01_orders.sql": Self.orders(customers: customers, orders: orders),
      "schema/state/1/01_notes.sql": "CREATE TABLE notes (id $%AUTO_INCREMENT_PRIMARY_KEY%$, note TEXT);",
      "delta/main/2/01_totals.sql": totals,
      "delta/main/2/02_fill.updates.yaml": "updates:\n  \(touch)\n  \(fill)\n",
      "delta/main/3/50_later.updates.yaml":
        "updates:\n  - {name: totals_by_amount, kind: index, table: totals, columns: [amount]}\n",
    ])
    for version in [2, 3] {
      for number in 10..<(10 + deltas) {
        try tree.write(
          "delta/main/\(version)/\(number)_step.sql",
          """
          CREATE TABLE step_\(version)_\(number) (id BIGINT PRIMARY KEY);
          INSERT INTO step_\(version)_\(number) SELECT id FROM orders WHERE id <= 200;
          UPDATE orders SET amount = amount + 1 WHERE id = \(number);
          INSERT INTO log VALUES ('\(version)/\(number)');
          """)
      }
    }
    return tree
  }

  /// On PostgreSQL one that takes long enough to be killed half way.
  private static let indexes = """
    updates:
      - {name: on_sqlite, kind: index, engines: [sqlite], table: orders, columns: [touched, amount]}
      - name: on_postgres
        kind: index
        engines: [postgres]
        table: orders
        columns: ["md5(repeat(customer, 3000))", amount]
    """

  /// A backfill, a drain that depends on it, and an index.
  package static func slowUpdates() throws -> TemporarySchema {
    let files = [
      "gradus.yaml": smallBatches,
      "schema/schema.yaml": "version: 2\ncompat_version: 1\n",
      "schema/main/1/01_orders.sql": orders(customers: 2_000, orders: 6_000),
      "schema/state/1/01_notes.sql": "CREATE TABLE notes (id BIGINT);",
      "delta/main/2/01_totals.sql": totals,
      "delta/main/2/02_fill.updates.yaml": "updates:\n  \(touch)\n  \(fill)\n",
      "delta/main/2/03_index.updates.yaml": indexes,
    ]
    return try TemporarySchema(files.merging(slowProgress) { $1 })
  }

  /// As `manyDeltas`, with small batches whose progress takes as long to write as their rows, and another index.
  package static func wholeLife() throws -> TemporarySchema {
    let tree = try manyDeltas(customers: 300, orders: 1_500, deltas: 6)
    try tree.write("gradus.yaml", smallBatches)
    for (path, text) in slowProgress { try tree.write(path, text) }
    try tree.write("delta/main/3/51_index.updates.yaml", indexes)
    return tree
  }

  /// Two backfills that workers can share, a drain that depends on one of them, a script and an index.
  package static func sharedUpdates() throws -> TemporarySchema {
    let files = [
      "gradus.yaml": smallBatches,
      "schema/schema.yaml": "version: 2\ncompat_version: 1\n",
      "schema/main/1/01_orders.sql": orders(customers: 500, orders: 6_000)
        + "ALTER TABLE customers ADD COLUMN touched BIGINT NOT NULL DEFAULT 0;",
      "schema/state/1/01_notes.sql": "CREATE TABLE notes (id BIGINT);",
      "delta/main/2/01_totals.sql": totals,
      "delta/main/2/02_fill.updates.yaml": """
      updates:
        \(touch)
        - name: touch_customers
          kind: backfill
          table: customers
          key: name
          sql: UPDATE customers SET touched = touched + 1 WHERE {range}
        \(fill)
        - {name: once, kind: sql, sql: "INSERT INTO log VALUES ('once')"}
        - {name: on_postgres, kind: index, table: orders, columns: ["md5(repeat(customer, 3000))", amount]}
      """,
    ]
    return try TemporarySchema(files.merging(slowProgress) { $1 })
  }

  /// A delta that takes much longer than any test waits.
  ///
  /// - Parameter inTransaction: whether it runs in a transaction.
  package static func endless(inTransaction: Bool = true) throws -> TemporarySchema {
    let tree = try TemporarySchema.shop()
    let directive = inTransaction ? "" : "-- gradus:no-transaction\n"
    try tree.write(
      "delta/main/2/04_endless.sql",
      """
      \(directive)CREATE TABLE endless (id BIGINT);
      INSERT INTO endless WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 50000)
        SELECT count(*) FROM c a, c b WHERE a.n + b.n = 7;
      """)
    return tree
  }
}
