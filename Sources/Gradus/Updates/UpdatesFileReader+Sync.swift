import GradusSQL

extension UpdatesFileReader {
  /// An update of kind `sync_column`.
  func syncColumn(_ map: YAMLMapping) throws -> UpdateDeclaration.SyncColumn {
    try map.allowOnly(Self.common + ["table", "key", "from", "to", "using", "reverse"])
    let sync = UpdateDeclaration.SyncColumn(
      table: try map.text("table"), key: try key(map), from: try map.texts("from"),
      to: try map.text("to"), using: try engineSQL(map, "using", as: .expression),
      reverse: try map.find("reverse") == nil ? nil : engineSQL(map, "reverse", as: .expression))
    guard !sync.from.isEmpty else {
      throw map.reader.error(try map.require("from"), "a synchronised column is computed from at least one")
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

  /// Refuses to end in one file what the file begins: no release would have it, and the end could come first.
  func checkDroppedSync(
    _ declaration: UpdateDeclaration, _ map: YAMLMapping, among declarations: [UpdateDeclaration]
  ) throws {
    guard let sync = declaration.droppedSync,
      declarations.contains(where: { $0.name == sync && $0.syncColumn != nil })
    else { return }
    throw map.reader.error(
      try map.require("sync"), "'\(declaration.name)' drops '\(sync)', which the same file declares",
      hint: "drop it in a delta of a later version")
  }
}
