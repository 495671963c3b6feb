import GradusCatalog
import GradusSQL

/// Rows that refer to those of tables which are not copied: a foreign key of the target would refuse them at the end.
struct UncopiedParents {
  let plan: PortPlan
  /// What the version makes of the target.
  let target: Catalog

  /// What stands against the plan.
  ///
  /// - Parameter connection: the source's.
  func reasons(_ connection: Connection) throws -> [String] {
    var reasons: [String] = []
    for table in plan.tables {
      let keys =
        target.tables[table.name]?.constraints.filter { $0.kind == .foreignKey && $0.isValidated } ?? []
      for key in keys.sorted(by: { $0.definition < $1.definition }) {
        guard let why = reason(key, table) else { continue }
        let columns = key.columns.compactMap { name in table.columns.first { $0.name == name }?.sourceName }
        // A column that is not copied is NULL, or what the target makes it.
        guard !columns.isEmpty, columns.count == key.columns.count else { continue }
        let refers = columns.map { "\(SQLText.identifier($0)) IS NOT NULL" }.joined(separator: " AND ")
        let row = try connection.queryRow(
          "SELECT EXISTS (SELECT 1 FROM \(SQLText.identifier(table.sourceName)) WHERE \(refers))")
        if row?[0].integer == 1 { reasons.append(why) }
      }
    }
    return reasons
  }

  /// Nil where the parent is copied, or on the target only.
  private func reason(_ key: CatalogConstraint, _ table: PortTable) -> String? {
    if let parent = key.parent(among: plan.leftOut) {
      return
        "rows of \(table.name) refer to rows of \(parent), which is left out: copy it too, or leave out \(table.name)"
    }
    if let parent = key.parent(among: plan.rebuilt) {
      return
        "rows of \(table.name) refer to rows of \(parent), which is built anew after the port: leave out \(table.name), or have it built anew too"
    }
    return nil
  }
}
