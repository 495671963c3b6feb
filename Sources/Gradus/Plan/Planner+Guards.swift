extension Planner {
  /// The steps after which the guards of these migrations are as they should be.
  ///
  /// Guards belong to a migration that is not complete and whose older versions may still open the database. Nothing is
  /// installed on behalf of one that this same plan completes.
  ///
  /// - Parameters:
  ///   - migrations: the migrations to look at.
  ///   - open: those of them that stay incomplete.
  ///   - followsDeltas: whether deltas come before these steps. One may replace a guarded table, and the triggers go with
  ///     the old one: only the step itself, which leaves alone what is there, can tell.
  func guardSteps(
    for migrations: [GradualMigration], open: [GradualMigration], followsDeltas: Bool = false,
    _ state: DatabaseState
  ) -> [PlanStep] {
    let compat = max(state.compatVersion ?? ledger.compatVersion, ledger.compatVersion)
    return migrations.compactMap { migration in
      let isNeeded = open.contains(migration) && compat < migration.starts
      let installed = state.guards[migration.name]
      guard isNeeded, let wanted = GuardInstaller.checksum(of: migration, on: engine) else {
        guard installed != nil else { return nil }
        return PlanStep(
          .removeGuards(migration: migration.name),
          isNeeded
            ? "the ledger has none any more" : "no version before \(migration.starts) writes any more")
      }
      let reason: String? =
        if installed == nil {
          "versions before \(migration.starts) may write beside this one"
        } else if installed != wanted {
          "the ledger's have changed since they were made"
        } else {
          reasonToLook(at: migration, followsDeltas: followsDeltas, state)
        }
      return reason.map { PlanStep(.installGuards(migration), $0) }
    }
  }

  /// Why triggers that are recorded may not be there; nil where they are. A worker serves without: it makes none, and the
  /// main process does at its next start.
  private func reasonToLook(at migration: GradualMigration, followsDeltas: Bool, _ state: DatabaseState)
    -> String?
  {
    guard role == .main else { return nil }
    if let tables = state.lostGuards[migration.name] {
      return "those on \(tables.sorted().joined(separator: ", ")) are gone, or switched off"
    }
    return followsDeltas
      ? "triggers go with a table that a delta replaces; those that are there stay" : nil
  }
}
