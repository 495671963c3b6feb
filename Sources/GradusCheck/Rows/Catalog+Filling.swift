import Gradus
import GradusCatalog

extension Catalog {
  /// The tables that can be given rows: each after those that its foreign keys refer to, unless they go in a circle. What
  /// a partition gets comes by its table.
  var tablesToFill: [(name: String, table: CatalogTable)] {
    let filled = tables.filter { name, table in
      !Bookkeeping.namesWithQueue.contains(name) && !table.isVirtual && !table.isPartition
    }
    var order = DependencyOrder(
      filled.reduce(into: [:]) { $0[$1.key] = $1.key },
      needs: filled.mapValues { table in
        table.constraints.compactMap { $0.parent(among: filled.keys) }.sorted()
      })
    return order.statements(making: filled.keys.sorted()).compactMap { name in
      filled[name].map { (name: name, table: $0) }
    }
  }

  /// What the partitions of a table take, as SQL.
  func bounds(ofPartitionsOf table: String) -> [String] {
    guard tables[table]?.partitioning != nil else { return [] }
    return tables.filter { parent(of: $0.key) == table }.values.flatMap { partition in
      partition.options.filter(CatalogTable.isBound)
    }.sorted()
  }
}

extension CatalogTable {
  /// Whether it holds some of another table's rows, which come by that one.
  var isPartition: Bool { options.contains(where: Self.isBound) }

  /// By what its rows are divided among partitions, as SQL; nil where it has none.
  var partitioning: String? { options.first { $0.hasPrefix("partitioned by ") } }

  /// Whether an option says which rows a partition takes.
  static func isBound(_ option: String) -> Bool {
    option == "DEFAULT" || option.hasPrefix("FOR VALUES ")
  }
}
