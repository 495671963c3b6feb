package import Gradus
package import GradusCatalog

/// Works out what a port copies, and what stands against it. Pure.
package struct PortPlanner: Sendable {
  let version: Int
  let declaration: PortDeclaration
  let leaveOut: Set<String>

  package init(version: Int, declaration: PortDeclaration, leaveOut: Set<String>) {
    self.version = version
    self.declaration = declaration
    self.leaveOut = leaveOut
  }

  /// - Parameters:
  ///   - source: the source's schema.
  ///   - target: what the same version makes of the target.
  /// - Returns: the plan, and all reasons why it cannot be carried out.
  package func plan(_ source: SourceSchema, _ target: Catalog) -> (plan: PortPlan, reasons: [String]) {
    var plan = PortPlan(version: version, tables: [])
    var reasons = unknownNames(source)
    let rebuilt = Set(declaration.rebuilds.flatMap(\.tables))
    let tables = source.tables.sorted { $0.name < $1.name }
    let names = target.tables.keys.sorted()
    let match = NameMatch(tables.map(\.name), in: names)
    for (table, place) in zip(tables, match.places) where !OwnTables.names.contains(table.name) {
      if leaveOut.contains(table.name) {
        plan.leftOut.append(table.name)
      } else if rebuilt.contains(table.name) {
        plan.rebuilt.append(table.name)
      } else if table.isVirtual {
        reasons.append(
          "\(table.name) is a virtual table: leave it out, or name it under 'port: rebuild' in the ledger")
      } else if let place, let other = target.tables[names[place]] {
        var problems: [String] = []
        if let copied = ported(table, names[place], other, &problems) { plan.tables.append(copied) }
        reasons += problems
      } else {
        reasons.append("version \(version) has no table \(table.name) on PostgreSQL: leave it out")
      }
    }
    reasons += orphans(source, plan, target)
    return (plan, reasons)
  }

  private func ported(
    _ table: SourceTable, _ name: String, _ target: CatalogTable, _ problems: inout [String]
  ) -> PortTable? {
    var columns: [PortColumn] = []
    let sources = table.columns.filter { !leaveOut.contains("\(table.name).\($0)") }
    let match = NameMatch(sources, in: target.columns.map(\.name))
    for (column, place) in zip(sources, match.places) {
      guard let place else {
        problems.append("\(name) has no column \(column) on PostgreSQL")
        continue
      }
      let other = target.columns[place]
      // The target computes it by itself.
      if other.isComputed { continue }
      columns.append(PortColumn(sourceName: column, name: other.name, type: other.type))
    }
    if columns.isEmpty, problems.isEmpty {
      problems.append("no column of \(name) is copied, so that its rows would be lost: leave the table out")
    }
    let matched = Set(match.places)
    for (place, column) in target.columns.enumerated() where !matched.contains(place) && column.demandsValue {
      problems.append("\(name).\(column.name) must not be NULL, and the source has no values for it")
    }
    let key: PortTable.Key
    if table.isWithoutRowID {
      key = .columns(table.primaryKey)
    } else if let rowID = table.rowIDName {
      key = .rowID(rowID)
    } else {
      problems.append("\(name) hides its row ids behind columns of all three names")
      return nil
    }
    guard problems.isEmpty else { return nil }
    return PortTable(
      sourceName: table.name, name: name, columns: columns, key: key,
      uniqueColumns: Self.uniqueColumns(target, columns), isIndexed: Self.isIndexed(target, columns),
      isPartitioned: target.options.contains { $0.hasPrefix("partitioned by ") })
  }

  /// The columns of a key that finds a row of the target, the primary key where there is one.
  private static func uniqueColumns(_ table: CatalogTable, _ columns: [PortColumn]) -> [String] {
    let found = findable(columns)
    let candidates = [table.primaryKey] + table.uniqueKeys.sorted { $0.joined() < $1.joined() }
    return candidates.first { !$0.isEmpty && found.isSuperset(of: $0) } ?? []
  }

  /// Whether a row of the target is found by the first column of an index.
  private static func isIndexed(_ table: CatalogTable, _ columns: [PortColumn]) -> Bool {
    let found = findable(columns)
    let trees = table.indexes.values.filter { !$0.isPartial && $0.definition.contains(" USING btree (") }
    return (table.uniqueKeys + trees.map(\.columns)).contains { $0.first.map(found.contains) ?? false }
  }

  private static func findable(_ columns: [PortColumn]) -> Set<String> {
    Set(columns.filter(\.kind.isFindable).map(\.name))
  }

  private func unknownNames(_ source: SourceSchema) -> [String] {
    let names = Set(
      source.tables.flatMap { table in [table.name] + table.columns.map { "\(table.name).\($0)" } })
    return leaveOut.subtracting(names).sorted().map { name in
      "the source has no \(name) that could be left out"
        + (NearestName.of(name, among: names).map { "; did you mean \($0)?" } ?? "")
    }
  }

  /// Rows that a foreign key of the target would refuse.
  private func orphans(_ source: SourceSchema, _ plan: PortPlan, _ target: Catalog) -> [String] {
    source.orphans.compactMap { orphans in
      guard let table = plan.tables.first(where: { $0.sourceName == orphans.table }),
        let keys = target.tables[table.name]?.constraints.filter({ $0.kind == .foreignKey && $0.isValidated }
        ),
        keys.contains(where: { $0.parent(among: [orphans.parent]) != nil })
      else { return nil }
      let example = orphans.rowID.map { ", such as that with row id \($0)" } ?? ""
      return
        "\(orphans.count) rows of \(orphans.table) refer to rows of \(orphans.parent) that are not there\(example)"
    }
  }
}
