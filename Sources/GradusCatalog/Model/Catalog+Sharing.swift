extension Catalog {
  /// The same schema; what it has alike with another one is in memory once. For who keeps the schema after each of many
  /// statements, which change little of it.
  package func sharing(_ other: Catalog) -> Catalog {
    var catalog = self
    catalog.tables = Self.shared(tables, other.tables)
    catalog.views = Self.shared(views, other.views)
    catalog.materializedViews = Self.shared(materializedViews, other.materializedViews)
    catalog.functions = Self.shared(functions, other.functions)
    catalog.objects = Self.shared(objects, other.objects)
    return catalog
  }

  private static func shared<Value: Equatable>(
    _ values: [String: Value], _ others: [String: Value]
  ) -> [String: Value] {
    if values == others { return others }
    var shared = values
    for (name, value) in values {
      if let other = others[name], other == value { shared[name] = other }
    }
    return shared
  }
}
