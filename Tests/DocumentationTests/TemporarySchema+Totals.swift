import GradusTestSupport
import ProgramTestSupport
import Testing

extension TemporarySchema {
  /// The schema of the README's tour, without the rows of its first version.
  ///
  /// - Parameter first: the older one of its two versions.
  static func totals(after first: Int = 1) throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml": """
      version: \(first + 1)
      compat_version: \(first)
      versions: {\(first): {compat: \(first)}, \(first + 1): {compat: \(first)}}
      """,
      "schema/main/\(first)/01_orders.sql":
        "CREATE TABLE orders (id BIGINT PRIMARY KEY, customer TEXT NOT NULL, amount BIGINT NOT NULL);",
      "delta/main/\(first + 1)/01_totals.sql":
        "CREATE TABLE totals (customer TEXT PRIMARY KEY, amount BIGINT NOT NULL);",
      "delta/main/\(first + 1)/02_fill_totals.updates.yaml": """
      updates:
        - name: fill_totals
          kind: backfill
          table: orders
          key: id
          sql: >
            INSERT INTO totals (customer, amount)
            SELECT customer, sum(amount) FROM orders
            WHERE customer IN (SELECT customer FROM orders WHERE {range})
            GROUP BY customer ON CONFLICT (customer) DO NOTHING
      """,
    ])
  }

  /// A database of the older version with orders of an amount of 1, ten for each customer, one customer after the other.
  func begin(on database: TestDatabase, version: Int = 1, orders: Int) async throws {
    let result = try await Program.gradus.run(
      ["migrate", "--to", "\(version)", "--schema-root", root.path, "--database", database.address])
    try #require(result.code == 0, "\(result)")
    try await database.execute(
      """
      INSERT INTO orders WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < \(orders - 1))
      SELECT n, 'customer-' || (n / 10), 1 FROM c
      """)
  }
}
