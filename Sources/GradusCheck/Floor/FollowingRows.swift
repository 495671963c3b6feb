import GradusCatalog
import GradusSQL

/// The columns of a table by which foreign keys delete or change its rows along with those of a table that a query writes.
struct FollowingRows: Sendable, Hashable {
  let table: String
  let columns: [String]

  /// What the columns hold, in an order of its own.
  func read(_ connection: Connection) throws -> [[SQLValue]] {
    let list = SQLText.identifiers(columns)
    return try connection.query("SELECT \(list) FROM \(SQLText.identifier(table)) ORDER BY \(list)").map(
      \.values)
  }

  /// Whether there are such rows in a schema.
  func areThere(_ connection: Connection, _ catalog: Catalog) throws -> Bool {
    guard let found = catalog.tables[table], columns.allSatisfy({ found.column($0) != nil }) else {
      return false
    }
    let condition = columns.map { "\(SQLText.identifier($0)) IS NOT NULL" }.joined(separator: " OR ")
    return try connection.queryRow("SELECT 1 FROM \(SQLText.identifier(table)) WHERE \(condition) LIMIT 1")
      != nil
  }
}

extension Catalog {
  /// What follows the rows of these tables, perhaps through others.
  func followingRows(of tables: Set<String>) -> [FollowingRows] {
    var columns: [String: Set<String>] = [:]
    var reached = tables
    var count = -1
    while count != reached.count {
      count = reached.count
      for (name, table) in self.tables where !tables.contains(name) {
        let keys = table.constraints.filter { $0.hasAction && $0.parent(among: reached) != nil }
        guard !keys.isEmpty else { continue }
        columns[name, default: []].formUnion(keys.flatMap(\.columns))
        reached.insert(name)
      }
    }
    return columns.sorted { $0.key < $1.key }.map { FollowingRows(table: $0.key, columns: $0.value.sorted()) }
  }
}

extension CatalogConstraint {
  private static let actions = ["delete", "update"].flatMap { event in
    ["cascade", "set null", "set default"].map { " on \(event) \($0)" }
  }

  /// Whether a foreign key changes rows when those that they refer to go or change.
  fileprivate var hasAction: Bool {
    let text = definition.lowercased()
    return kind == .foreignKey && Self.actions.contains { text.contains($0) }
  }
}
