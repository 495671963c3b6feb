extension LedgerReader {
  /// Refuses guards of two migrations whose triggers would have one name on SQLite, where cases are not told apart: to make the
  /// ones would remove the others.
  func checkGuards(_ ledger: Ledger, _ root: YAMLMapping) throws {
    var seen: [SQLiteName: String] = [:]
    for (migration, map) in zip(ledger.gradualMigrations, try root.mappings("gradual_migrations"))
    where migration.staleness.contains(where: { !$0.guards.isEmpty }) {
      let name = migration.name
      guard let other = seen.updateValue(name, forKey: SQLiteName(name)) else { continue }
      throw map.reader.error(
        try map.require("name"),
        "the gradual migrations '\(other)' and '\(name)' have guards and one name, but for upper and lower case",
        hint: "rename one of them: their triggers would have one name on SQLite")
    }
  }

  /// A table that a rule's rows depend on.
  func stalenessGuard(_ map: YAMLMapping) throws -> StalenessGuard {
    try map.allowOnly(["on", "key", "events", "columns", "when"])
    var result = StalenessGuard(
      table: try map.text("on"), key: try map.texts("key"), columns: try map.textsIfPresent("columns"),
      condition: try map.find("when").map(map.reader.sql))
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
    if let condition = result.condition {
      guard condition.contains("{row}") else {
        throw map.reader.error(
          try map.require("when"),
          "the condition does not use {row}, so it says nothing about the written row",
          hint: "write columns as {row}.column")
      }
      try checkSQL(
        condition.replacing("{row}", with: "gradus_row"), as: .expression, map.require("when"), map.reader)
    }
    return result
  }
}
