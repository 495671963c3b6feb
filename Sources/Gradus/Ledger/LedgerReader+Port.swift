import Yams

extension LedgerReader {
  /// What moving a database to another engine has to know.
  func portDeclaration(_ map: YAMLMapping) throws -> PortDeclaration {
    try map.allowOnly(["sequences", "rebuild"])
    var port = PortDeclaration()
    if let sequences = try map.mappingIfPresent("sequences") {
      for (key, value) in sequences.entries {
        port.sequences[try map.reader.text(key)] = try sequenceSource(value, map.reader)
      }
    }
    var tables: Set<String> = []
    for item in try map.mappings("rebuild") {
      let rebuild = try rebuild(item)
      for table in rebuild.tables where !tables.insert(table).inserted {
        throw item.reader.error(item.node, "the table '\(table)' is to be built anew twice")
      }
      port.rebuilds.append(rebuild)
    }
    return port
  }

  /// `[table.column, ...]` or `{lowest_of: table.column}`.
  private func sequenceSource(_ node: Node, _ reader: YAMLReader) throws -> PortDeclaration.SequenceSource {
    if node.mapping != nil {
      let map = try reader.mapping(node)
      try map.allowOnly(["lowest_of"])
      return .lowestOf(try column(try map.require("lowest_of"), reader))
    }
    let columns = try (node.scalar == nil ? reader.sequence(node) : [node]).map { try column($0, reader) }
    guard !columns.isEmpty else { throw reader.error(node, "a sequence needs a column") }
    return .greatestOf(columns)
  }

  private func column(_ node: Node, _ reader: YAMLReader) throws -> PortDeclaration.Column {
    let parts = try reader.text(node).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
      throw reader.error(node, "expected a table and a column", hint: "write table.column")
    }
    return PortDeclaration.Column(table: parts[0], name: parts[1])
  }

  private func rebuild(_ map: YAMLMapping) throws -> PortDeclaration.Rebuild {
    try map.allowOnly(["tables", "sql", "queue"])
    if let node = map.find("sql") {
      for statement in try node.scalar == nil ? map.reader.sequence(node) : [node] {
        try checkSQL(map.reader.sql(statement), as: .statement, on: [.postgres], statement, map.reader)
      }
    }
    let rebuild = PortDeclaration.Rebuild(
      tables: try map.texts("tables"), sql: try map.textsIfPresent("sql"),
      queue: try map.mappings("queue").map(queuedUpdate))
    guard !rebuild.tables.isEmpty else {
      throw map.reader.error(try map.require("tables"), "what is built anew needs a table")
    }
    return rebuild
  }
}
