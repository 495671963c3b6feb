public import Foundation

extension Ledger {
  /// Reads `schema.yaml`.
  ///
  /// - Parameter url: the file.
  /// - Throws: `GradusError` with file and line: unknown keys, wrong types, versions that contradict each other.
  public init(contentsOf url: URL) throws {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw GradusError(
        .invalidFile, "cannot read the ledger", file: url.path,
        hint: "run from the folder that holds 'schema', or give --schema-root")
    }
    let text = try TextFile.text(of: url, as: url.relativePath, .invalidFile)
    self = try LedgerReader(file: url.relativePath).read(text)
  }

  /// Reads the text of a `schema.yaml`.
  ///
  /// - Parameter file: its name for messages.
  /// - Throws: `GradusError` as for a file.
  package init(text: String, file: String) throws { self = try LedgerReader(file: file).read(text) }
}

/// Turns the YAML of a ledger into a `Ledger`.
struct LedgerReader {
  let file: String

  func read(_ text: String) throws -> Ledger {
    let root = try YAMLReader(file: file).parse(text)
    try root.allowOnly([
      "version", "compat_version", "upgrades_from", "versions", "gradual_migrations", "port",
    ])
    var ledger = Ledger(
      version: try root.version("version"), compatVersion: try root.version("compat_version"),
      upgradesFrom: try root.versionIfPresent("upgrades_from"))
    if let versions = try root.mappingIfPresent("versions") {
      for (key, value) in versions.entries {
        let number = try versions.reader.version(key)
        ledger.versions[number] = try version(versions.reader.mapping(value))
      }
    }
    ledger.gradualMigrations = try root.mappings("gradual_migrations").map(gradualMigration)
    if let port = try root.mappingIfPresent("port") { ledger.port = try portDeclaration(port) }
    try check(ledger, root)
    try checkStaleness(ledger, root)
    try checkGuards(ledger, root)
    return ledger
  }

  private func version(_ map: YAMLMapping) throws -> Ledger.Version {
    try map.allowOnly(["compat", "changes"])
    return Ledger.Version(
      compatVersion: try map.version("compat"), changes: try map.textsIfPresent("changes"))
  }

  private func gradualMigration(_ map: YAMLMapping) throws -> GradualMigration {
    try map.allowOnly(["name", "database", "starts", "completes", "updates", "stale_after_rollback"])
    let migration = GradualMigration(
      name: try map.text("name"),
      database: try map.textIfPresent("database").map { LogicalDatabase($0) } ?? .main,
      starts: try map.version("starts"),
      completes: try map.versionIfPresent("completes"),
      updates: try map.textsIfPresent("updates"),
      staleness: try map.mappings("stale_after_rollback").map(stalenessRule))
    if let completes = migration.completes, completes <= migration.starts {
      throw map.reader.error(
        try map.require("completes"), "'\(migration.name)' completes at \(completes), not after it starts",
        hint: "N+1 starts a gradual migration, N+2 completes it")
    }
    return migration
  }

  private func stalenessRule(_ map: YAMLMapping) throws -> StalenessRule {
    try map.allowOnly(["table", "key", "position", "source", "requeue", "when_empty", "guards"])
    let source = try map.mapping("source")
    try source.allowOnly(["table", "key", "position"])
    let requeue = try map.mapping("requeue")
    try requeue.allowOnly(["into", "parent", "update", "progress"])
    let rule = StalenessRule(
      table: try map.text("table"), key: try map.texts("key"), position: try map.text("position"),
      source: .init(
        table: try source.text("table"), key: try source.texts("key"), position: try source.text("position")),
      requeue: .init(
        into: try requeue.textIfPresent("into"), parent: try requeue.mappingIfPresent("parent").map(parent),
        update: try requeue.text("update"), progress: try progress(requeue, at: "0")),
      whenEmpty: try map.mappingIfPresent("when_empty").map(whenEmpty),
      guards: try map.mappings("guards").map(stalenessGuard))
    guard !rule.key.isEmpty else { throw map.reader.error(try map.require("key"), "the key has no columns") }
    guard rule.key.count == rule.source.key.count else {
      throw source.reader.error(
        source.node, "the source's key has \(rule.source.key.count) columns, not \(rule.key.count)")
    }
    for (item, node) in zip(rule.guards, try map.mappings("guards")) where item.key.count != rule.key.count {
      throw node.reader.error(
        node.node, "the guard's key has \(item.key.count) columns, not \(rule.key.count)")
    }
    if let parent = rule.requeue.parent, parent.key.count != rule.key.count {
      throw requeue.reader.error(
        requeue.node, "the parent's key has \(parent.key.count) columns, not \(rule.key.count)")
    }
    return rule
  }

  private func parent(_ map: YAMLMapping) throws -> StalenessRule.Requeue.Parent {
    try map.allowOnly(["table", "key"])
    return .init(table: try map.text("table"), key: try map.texts("key"))
  }

  private func whenEmpty(_ map: YAMLMapping) throws -> StalenessRule.WhenEmpty {
    try map.allowOnly(["rows_in", "where", "queue"])
    if let node = map.find("where") {
      try checkSQL(map.reader.sql(node), as: .expression, node, map.reader)
    }
    return StalenessRule.WhenEmpty(
      table: try map.text("rows_in"), condition: try map.textIfPresent("where"),
      queue: try map.mappings("queue").map(queuedUpdate))
  }

  func queuedUpdate(_ map: YAMLMapping) throws -> QueuedUpdate {
    try map.allowOnly(["update", "depends_on", "progress"])
    return QueuedUpdate(
      name: try map.text("update"), progress: try progress(map),
      dependsOn: try map.textIfPresent("depends_on"))
  }

  /// Where an update begins. What it cannot read it would be parked for.
  ///
  /// - Parameter position: a position for `{position}`; nil where nothing is put in its place.
  private func progress(_ map: YAMLMapping, at position: String? = nil) throws -> String {
    guard let node = map.find("progress") else { return "{}" }
    let text = try map.reader.text(node)
    let json = position.map { text.replacing("{position}", with: $0) } ?? text
    guard (try? JSONSerialization.jsonObject(with: Data(json.utf8))) is [String: Any] else {
      throw map.reader.error(
        node, "the progress is no JSON object",
        hint: position == nil ? "write it as '{\"from\":0}'" : "write it as '{\"from\":{position}}'")
    }
    return text
  }

  /// Rules that need more than one entry.
  private func check(_ ledger: Ledger, _ root: YAMLMapping) throws {
    let reader = root.reader
    guard ledger.compatVersion <= ledger.version else {
      throw reader.error(
        try root.require("compat_version"),
        "the compat version \(ledger.compatVersion) is above the version \(ledger.version)")
    }
    if let oldest = ledger.upgradesFrom, oldest > ledger.version {
      throw reader.error(
        try root.require("upgrades_from"), "no database can be upgraded from \(oldest) to \(ledger.version)",
        hint: "give a version up to \(ledger.version)")
    }
    // The newest version need not be among the others.
    var compats = ledger.versions.mapValues(\.compatVersion)
    compats[ledger.version] = compats[ledger.version] ?? ledger.compatVersion
    let numbers = compats.keys.sorted()
    for (older, newer) in zip(numbers, numbers.dropFirst()) {
      let (old, new) = (compats[older]!, compats[newer]!)
      guard old <= new else {
        throw reader.error(
          try root.require("versions"), "version \(newer) lowers the compat version from \(old) to \(new)",
          hint: "a compat version never decreases")
      }
    }
    for number in numbers where compats[number]! > number {
      throw reader.error(try root.require("versions"), "version \(number) has a compat version above itself")
    }
    if let entry = ledger.versions[ledger.version], entry.compatVersion != ledger.compatVersion {
      throw reader.error(
        try root.require("compat_version"),
        "compat_version is \(ledger.compatVersion), but versions says \(entry.compatVersion) for \(ledger.version)"
      )
    }
    var names: Set<String> = []
    for migration in ledger.gradualMigrations {
      let node = try root.require("gradual_migrations")
      guard names.insert(migration.name).inserted else {
        throw reader.error(node, "two gradual migrations are named '\(migration.name)'")
      }
      // Relying on the tables while a version that does not write them may open the database loses rows.
      guard let completes = migration.completes, completes <= ledger.version else { continue }
      for version in [completes, ledger.version] {
        guard let compat = compats[version], compat < migration.starts else { continue }
        throw reader.error(
          node,
          "'\(migration.name)' completes at \(completes), but the compat version \(compat) of \(version) still admits versions before \(migration.starts)",
          hint: "raise the compat version of \(version) to at least \(migration.starts)")
      }
    }
  }
}
