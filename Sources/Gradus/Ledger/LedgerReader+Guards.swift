extension LedgerReader {
  /// A table that a rule's rows depend on.
  func stalenessGuard(_ map: YAMLMapping) throws -> StalenessGuard {
    try map.allowOnly(["on", "key", "events", "columns", "when"])
    var result = StalenessGuard(
      table: try map.text("on"), key: try map.texts("key"), columns: try map.textsIfPresent("columns"),
      condition: try map.textIfPresent("when"))
    if let node = map.find("events") {
      let known = StalenessGuard.Event.allCases.map(\.rawValue)
      result.events = Set(
        try map.reader.texts(node).map { name in
          guard let event = StalenessGuard.Event(rawValue: name) else {
            throw map.reader.error(
              node, "unknown event '\(name)'",
              hint: NearestName.hint(
                for: name, among: known, otherwise: "events are \(known.joined(separator: ", "))"))
          }
          return event
        })
      guard !result.events.isEmpty else { throw map.reader.error(node, "a guard needs an event") }
    }
    if !result.columns.isEmpty, !result.events.contains(.update) {
      throw map.reader.error(
        try map.require("columns"), "columns change by updates, which this guard does not watch",
        hint: "add update to its events, or leave columns out")
    }
    if let condition = result.condition, !condition.contains("{row}") {
      throw map.reader.error(
        try map.require("when"), "the condition does not use {row}, so it says nothing about the written row",
        hint: "write columns as {row}.column")
    }
    return result
  }
}
