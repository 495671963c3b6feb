public import Foundation
public import Gradus

/// A schema tree in a temporary folder, which goes when nobody holds it any more.
public final class TemporarySchema: Sendable {
  /// The folder.
  public let root: URL

  /// - Parameter files: paths below the folder and their texts.
  /// - Throws: the file system's error where a file cannot be written.
  public init(_ files: [String: String]) throws {
    root = FileManager.default.temporaryDirectory.appending(path: "gradus-tree-\(UUID().uuidString)")
    for (path, text) in files { try write(path, text) }
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  /// Writes a file, in place of one that is there.
  ///
  /// - Parameters:
  ///   - path: the path below the folder.
  ///   - text: the text.
  /// - Throws: the file system's error where it cannot be written.
  public func write(_ path: String, _ text: String) throws {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Replaces a text in a file.
  ///
  /// - Parameters:
  ///   - path: the path below the folder.
  ///   - old: the text.
  ///   - new: what takes its place.
  /// - Throws: `GradusError` where the file has no such text; the file system's error.
  package func edit(_ path: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    guard text.contains(old) else {
      throw GradusError(.invalidTree, "there is no '\(old)' in '\(text)'", file: path)
    }
    try write(path, text.replacing(old, with: new))
  }

  /// Reads the schema.
  ///
  /// - Parameters:
  ///   - version: the version to act as; the newest where nil.
  ///   - layout: where the files are.
  ///   - codeDeltas: deltas in Swift.
  /// - Throws: `GradusError` where a file of the schema is wrong, or the ledger does not know the version.
  public func definition(
    to version: Int? = nil, layout: SchemaLayout = SchemaLayout(), codeDeltas: [CodeDelta] = []
  ) throws -> SchemaDefinition {
    let definition = try SchemaDefinition(root: root, layout: layout, codeDeltas: codeDeltas)
    return try version.map(definition.acting) ?? definition
  }

  /// Orders, and from version 2 on totals derived from them; version 3 relies on the totals.
  package static func shop() throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml": """
      version: 3
      compat_version: 2
      versions: {1: {compat: 1}, 2: {compat: 1}, 3: {compat: 2}}
      gradual_migrations:
        - name: totals
          starts: 2
          completes: 3
          updates: [fill_totals]
          stale_after_rollback:
            - table: totals
              key: [customer]
              position: last_order
              source: {table: orders, key: [customer], position: id}
              requeue: {into: totals_queue, parent: {table: customers, key: [name]}, update: fill_totals}
              when_empty: {rows_in: orders, queue: [{update: fill_totals}]}
      """,
      "schema/main/1/01_orders.sql": """
      CREATE TABLE customers (name TEXT PRIMARY KEY);
      CREATE TABLE orders (id BIGINT PRIMARY KEY, customer TEXT NOT NULL, amount BIGINT NOT NULL);
      """,
      "schema/state/1/01_notes.sql": "CREATE TABLE notes (id $%AUTO_INCREMENT_PRIMARY_KEY%$, note TEXT);",
      "delta/main/2/01_totals.sql": """
      CREATE TABLE totals (customer TEXT PRIMARY KEY, amount BIGINT NOT NULL, last_order BIGINT NOT NULL);
      CREATE TABLE totals_queue (customer TEXT PRIMARY KEY REFERENCES customers (name));
      INSERT INTO totals_queue SELECT DISTINCT o.customer FROM orders o JOIN customers c ON c.name = o.customer;
      """,
      "delta/main/2/02_fill.updates.yaml": """
      updates:
        - name: fill_totals
          kind: drain
          table: totals_queue
          key: customer
          sql: >
            INSERT INTO totals (customer, amount, last_order)
            SELECT o.customer, sum(o.amount), max(o.id) FROM orders o JOIN totals_queue q ON q.customer = o.customer
            WHERE {range:q} GROUP BY o.customer ON CONFLICT DO NOTHING
      """,
      "delta/main/2/03_engine.sql.sqlite": "CREATE TABLE only_sqlite (id INTEGER PRIMARY KEY);",
      "delta/main/2/03_engine.sql.postgres": "CREATE TABLE only_postgres (id BIGINT PRIMARY KEY);",
      "delta/main/3/01_index.sql": "CREATE INDEX totals_by_amount ON totals (amount);",
    ])
  }
}
