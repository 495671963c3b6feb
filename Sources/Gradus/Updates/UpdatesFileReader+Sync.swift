import GradusSQL

extension UpdatesFileReader {
  /// An update of kind `sync_column`.
  func syncColumn(_ map: YAMLMapping) throws -> UpdateDeclaration.SyncColumn {
    try map.allowOnly(Self.common + ["table", "key", "from", "to", "using", "reverse"])
    let sync = UpdateDeclaration.SyncColumn(
      table: try map.text("table"), key: try map.texts("key"), from: try map.texts("from"),
      to: try map.text("to"), using: try engineSQL(map, "using"),
      reverse: try map.find("reverse") == nil ? nil : engineSQL(map, "reverse"))
    guard !sync.key.isEmpty, !sync.from.isEmpty else {
      throw map.reader.error(map.node, "a synchronised column needs 'key' and 'from'")
    }
    if sync.from.contains(sync.to) {
      throw map.reader.error(try map.require("to"), "'\(sync.to)' cannot be computed from itself")
    }
    if sync.reverse != nil, sync.from.count != 1 {
      throw map.reader.error(
        try map.require("reverse"), "'reverse' sets one column, but 'from' has \(sync.from.count)")
    }
    return sync
  }
}
