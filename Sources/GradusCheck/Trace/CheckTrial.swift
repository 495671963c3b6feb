import GradusCatalog
import GradusSQL

/// Evaluates new checks on the rows of older versions, which leave new columns out.
enum CheckTrial {
  /// The checks, by table, that all such rows satisfy: those of new columns alone, by what these get where an INSERT does
  /// not name them.
  static func satisfied(by trace: DeltaTrace, on connection: Connection) throws -> [String: Set<
    CatalogConstraint
  >] {
    var satisfied: [String: Set<CatalogConstraint>] = [:]
    for (name, check) in trace.changes.flatMap({ checks(addedBy: $0, trace) }) {
      guard let old = trace.known.table(name), let new = trace.after.tables[name] else { continue }
      let columns = new.columns.filter { old.column($0.name) == nil && $0.generation == nil }
      if try isSatisfied(check, name, columns, connection) { satisfied[name, default: []].insert(check) }
    }
    return satisfied
  }

  /// The new checks, also of a table that takes the place of one which an earlier delta has taken away.
  private static func checks(
    addedBy change: CatalogChange, _ trace: DeltaTrace
  ) -> [(table: String, check: CatalogConstraint)] {
    switch change {
    case .addConstraint(let table, let constraint):
      constraint.kind == .check ? [(table, constraint)] : []
    case .addTable(let table) where trace.known.table(table) != nil:
      (trace.after.tables[table]?.constraints ?? []).filter { $0.kind == .check }.map { (table, $0) }
    default: []
    }
  }

  /// A check that names another column has nothing to be evaluated on: the engine refuses it.
  private static func isSatisfied(
    _ check: CatalogConstraint, _ table: String, _ columns: [CatalogColumn], _ connection: Connection
  ) throws -> Bool {
    guard !columns.isEmpty, let open = check.definition.firstIndex(of: "("),
      let close = check.definition.lastIndex(of: ")")
    else { return false }
    let row = columns.map { "\(value($0)) AS \(SQLText.identifier($0.name))" }.joined(separator: ", ")
    let sql = """
      SELECT CASE WHEN coalesce(\(check.definition[open...close]), TRUE) THEN 1 ELSE 0 END
      FROM (SELECT \(row)) AS \(SQLText.identifier(table))
      """
    do {
      return try connection.queryRow(sql)?.integer(0) == 1
    } catch let error as SQLError {
      switch error.code {
      case .connectionLost, .cancelled, .diskFull, .corrupt: throw error
      default: return false
      }
    }
  }

  private static func value(_ column: CatalogColumn) -> String {
    let value = column.defaultValue ?? "NULL"
    guard !column.type.isEmpty else { return value }
    let parts = column.type.split(separator: " collate ", maxSplits: 1)
    return "CAST(\(value) AS \(parts[0]))" + (parts.count > 1 ? " COLLATE \(parts[1])" : "")
  }
}
