/// Whether an older version of the application may be put back on a database, and what that would leave. Pure.
package struct RollbackVerdict: Sendable, Hashable {
  /// The version to go back to.
  package var target: Int
  /// Why it may not; empty where it may.
  package var refusals: [Refusal]
  /// What to know before.
  package var notes: [Note]

  /// Whether the older version may open the database.
  package var isPossible: Bool { refusals.isEmpty }

  /// - Parameters:
  ///   - target: the version to go back to.
  ///   - facts: what the database says.
  ///   - ledger: the newest ledger there is.
  /// - Throws: `GradusError` where the question makes no sense: the ledger does not know the version, or the database has
  ///   no schema yet.
  package init(to target: Int, _ facts: RollbackFacts, ledger: Ledger) throws {
    let version = try Self.check(target, facts.state, ledger)
    self.target = target
    refusals = Self.refusals(target, facts)
    notes = Self.notes(target, version, facts, ledger)
  }

  /// The database's version.
  private static func check(_ target: Int, _ state: DatabaseState, _ ledger: Ledger) throws -> Int {
    guard ledger.versions[target] != nil || target == ledger.version else {
      throw GradusError(
        .invalidFile, "the ledger has no version \(target)",
        hint: "it knows \(ledger.versions.keys.sorted().map(String.init).joined(separator: ", "))")
    }
    try Admission.checkMade(state)
    return state.version?.number ?? 0
  }

  /// Of several databases an upgrade may have come to some alone: the others are asked whether the version may be put back,
  /// too, though it would be no rollback to them.
  ///
  /// - Parameters:
  ///   - target: the version to go back to.
  ///   - versions: the databases' versions.
  /// - Throws: `GradusError` where it would be no rollback to any of them.
  package static func checkRollsBack(to target: Int, from versions: [Int]) throws {
    guard let newest = versions.max(), newest <= target else { return }
    throw GradusError(
      .invalidTree,
      "the \(versions.count > 1 ? "newest " : "")database is at version \(newest), so version \(target) would be no rollback",
      hint: "'plan --to \(target)' shows what that version would do")
  }

  private static func refusals(_ target: Int, _ facts: RollbackFacts) -> [Refusal] {
    var refusals: [Refusal] = []
    if let compat = facts.state.compatVersion, compat > target {
      refusals.append(.compatVersion(compat))
    }
    // One that shuts out only what is shut out already says nothing new.
    let compat = max(facts.state.compatVersion ?? .min, target)
    refusals += facts.fences.filter { $0.version > compat }.map { .fence($0) }
    refusals += facts.state.attempts.map { .interruptedDelta($0.file) }
    return refusals
  }

  private static func notes(
    _ target: Int, _ version: Int, _ facts: RollbackFacts, _ ledger: Ledger
  ) -> [Note] {
    var notes: [Note] = facts.holders.filter { $0.version > target }.map { .newerProcess($0) }
    for update in facts.state.queue.sorted(by: { ($0.ordering, $0.name) < ($1.ordering, $1.name) }) {
      if let workers = facts.running[update.name], !workers.isEmpty {
        notes.append(.running(update: update.name, by: workers.sorted()))
      }
      switch facts.origins[update.name] {
      case .some(let origin) where origin > target: notes.append(.unknownUpdate(update.name, since: origin))
      case .none: notes.append(.unplacedUpdate(update.name))
      case .some: break
      }
    }
    for migration in ledger.gradualMigrations
    where migration.starts > target && migration.starts <= version
      && (facts.databases.contains(migration.database) || migration.database == .common)
      && !migration.staleness.isEmpty
    {
      notes.append(.staleRows(migration: migration.name, tables: migration.staleness.map(\.table)))
    }
    // What came with a later version the older one does not rely on.
    notes += facts.missed.filter { $0.version <= target }.map { .missedDelta($0.path, of: $0.version) }
    return notes
  }
}
