import GradusSQL

extension Catalog {
  /// The same schema; what it has alike with another one is in memory once. For who keeps the schema after each of many
  /// statements, which change little of it.
  package func sharing(_ other: Catalog) -> Catalog {
    var catalog = self
    catalog.tables = Self.shared(tables, other.tables, by: ==)
    catalog.views = Self.shared(views, other.views, by: ==)
    catalog.materializedViews = Self.shared(materializedViews, other.materializedViews, by: ==)
    catalog.functions = Self.shared(functions, other.functions) { $0.hasSameBytes(as: $1) }
    catalog.objects = Self.shared(objects, other.objects, by: ==)
    return catalog
  }

  private static func shared<Value>(
    _ values: [String: Value], _ others: [String: Value], by areSame: (Value, Value) -> Bool
  ) -> [String: Value] {
    var shared = values
    var isAllShared = values.count == others.count
    for (name, value) in values {
      if let other = others[name], areSame(other, value) { shared[name] = other } else { isAllShared = false }
    }
    return isAllShared ? others : shared
  }
}
