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
    for case .addConstraint(let name, let check) in trace.changes where check.kind == .check {
      guard let old = trace.known.table(name), let new = trace.after.tables[name] else { continue }
      let columns = new.columns.filter { old.column($0.name) == nil && $0.generation == nil }
      if try isSatisfied(check, name, columns, connection) { satisfied[name, default: []].insert(check) }
    }
    return satisfied
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
