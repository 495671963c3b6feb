package import Gradus

/// Finds what is wrong with the updates that deltas queue and declare, and with gradual migrations. Pure.
package struct UpdateRules {
  let ledger: Ledger
  let deltas: [DeltaText]
  /// What the oldest full schema says of PostgreSQL's tables that are not logged.
  let fullSchema: [DeltaText]
  /// The updates that the application can run.
  let runnable: Set<String>
  /// What is queued, in the order of deltas.
  let queued: [QueuedByDelta]
  /// The first delta that queues each update.
  let origins: [String: QueuedByDelta]
  /// What ends a synchronised column, by that one's name. Found once: every delta is judged by every update before it.
  let syncEnds: [String: [QueuedByDelta]]

  /// - Parameters:
  ///   - ledger: the ledger.
  ///   - declarations: the declared updates.
  ///   - deltas: the texts of the deltas.
  ///   - fullSchema: what the oldest full schema says of PostgreSQL's tables that are not logged.
  ///   - runnable: the names of the updates that the application can run.
  package init(
    ledger: Ledger, declarations: some Sequence<UpdateDeclaration>, deltas: [DeltaText],
    fullSchema: [DeltaText] = [], runnable: Set<String>
  ) {
    self.ledger = ledger
    self.deltas = deltas
    self.fullSchema = fullSchema
    self.runnable = runnable
    let byFile = Dictionary(grouping: declarations, by: \.file)
    queued = deltas.flatMap { delta in
      delta.inserts.map { QueuedByDelta($0, delta) }
        + (byFile[delta.file.path] ?? []).sorted { ($0.ordering, $0.name) < ($1.ordering, $1.name) }
        .map { QueuedByDelta($0, delta) }
    }
    origins = Dictionary(
      queued.compactMap { item in item.name.map { ($0, item) } }, uniquingKeysWith: { first, _ in first })
    var syncEnds: [String: [QueuedByDelta]] = [:]
    for item in queued {
      if case .dropSync(let name)? = item.declaration?.kind { syncEnds[name, default: []].append(item) }
    }
    self.syncEnds = syncEnds
  }

  /// All findings, by rule.
  package func findings() -> [Finding] {
    withoutHandler() + dependencies() + circles() + unfinished() + migrations() + orderings() + indexBuilds()
      + orphanedSyncs() + unloggedTargets() + uncorrectedAggregates()
  }

  // MARK: U01, U05

  private func withoutHandler() -> [Finding] {
    queued.compactMap { item in
      guard let name = item.name else {
        return finding(
          "U01", item, "which update is queued cannot be read",
          fix: "give its name as a text: VALUES ('name', '{}')")
      }
      if item.isUnwritten {
        return finding(
          "U01", item, "'\(name)' has no SQL yet",
          fix: "write it in place of \(UpdateDeclaration.placeholder)")
      }
      guard item.needsHandler, !runnable.contains(name) else { return nil }
      // An earlier release queued it, so it had the code then.
      return item.version < ledger.version
        ? finding("U05", item, "'\(name)', which version \(item.version) queues, has no handler any more")
        : finding("U01", item, "'\(name)' is queued, and has neither a declaration nor a handler")
    }
  }

  // MARK: U02

  private func dependencies() -> [Finding] {
    return queued.flatMap { item in
      item.dependsOn.compactMap { dependency in
        guard let origin = origins[dependency] else {
          guard !runnable.contains(dependency) else { return nil }
          let nearest = NearestName.of(dependency, among: Set(origins.keys).union(runnable))
          return finding(
            "U02", item, "'\(item.shownName)' depends on '\(dependency)', which nothing queues",
            fix: nearest.map { "did you mean '\($0)'?" })
        }
        guard origin.version > item.version else { return nil }
        return finding(
          "U02", item,
          "'\(item.shownName)' depends on '\(dependency)', which only version \(origin.version) queues: until then it does not wait"
        )
      }
    }
  }

  private func circles() -> [Finding] {
    let edges = Dictionary(
      queued.compactMap { item in item.name.map { ($0, item.dependsOn) } }, uniquingKeysWith: +)
    guard let circle = UpdateDependencies.cycle(among: edges), let item = origins[circle[0]] else {
      return []
    }
    let path = (circle + [circle[0]]).joined(separator: " -> ")
    return [finding("U02", item, "updates depend on each other in a circle: \(path)")].compactMap { $0 }
  }

  // MARK: U04, U08

  private func migrations() -> [Finding] {
    let versions = Set(ledger.versions.keys).union([ledger.version])
    return ledger.gradualMigrations.flatMap { migration -> [Finding] in
      guard let completes = migration.completes else { return [] }
      var findings: [Finding?] = []
      if !versions.contains(where: { $0 >= migration.starts && $0 < completes }) {
        findings.append(
          finding(
            "U04", nil,
            "'\(migration.name)' starts at \(migration.starts) and completes at \(completes), and the ledger has no version between to roll back to"
          ))
      }
      let compat =
        ledger.versions[completes]?.compatVersion
        ?? (completes == ledger.version ? ledger.compatVersion : nil)
      if let compat, compat < migration.starts {
        findings.append(
          finding(
            "U08", nil,
            "'\(migration.name)' completes at \(completes), whose compat version \(compat) admits versions before \(migration.starts)"
          ))
      } else if compat == nil, completes < ledger.version {
        findings.append(
          finding(
            "U08", nil,
            "'\(migration.name)' completes at \(completes), which the ledger does not have: nobody knows whom it admits",
            fix: "add version \(completes), with its compat version, to the ledger"))
      }
      return findings.compactMap { $0 }
    }
  }

  // MARK: U06

  private func orderings() -> [Finding] {
    queued.compactMap { item in
      guard item.isQueued, let name = item.name else { return nil }
      switch item.ordering {
      case .number(0), .computed: return nil
      case .number(let number):
        // The versions' numbers may have any length; the delta's number has two digits.
        guard number < item.version * 100 || number >= (item.version + 1) * 100 else { return nil }
        return finding("U06", item, "'\(name)' of version \(item.version) has the ordering \(number)")
      case .absent:
        return finding("U06", item, "'\(name)' has no ordering, and so goes before all of earlier versions")
      }
    }
  }

  /// A finding about what a delta queues, or about the ledger.
  func finding(
    _ id: String, _ item: QueuedByDelta?, _ message: String, fix: String? = nil, cause: String? = nil
  ) -> Finding? {
    Rule.find(id).map {
      Finding(
        $0, message, fix: fix, file: item?.delta.file.path, position: item?.position,
        statement: item?.statement, cause: cause)
    }
  }
}
