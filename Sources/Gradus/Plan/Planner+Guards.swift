extension Planner {
  /// The steps after which the guards of these migrations are as they should be.
  ///
  /// Guards belong to a migration that is not complete and whose older versions may still open the database. Nothing is
  /// installed on behalf of one that this same plan completes.
  ///
  /// A version that the database has passed leaves alone what is there: the newer one's ledger may say more of the same
  /// migration, and each start would undo the other's. So does who does not migrate, which an admitted version starts at
  /// any time.
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
    let mayReplace = role == .main && !(state.version.map { $0.number > ledger.version } ?? false)
    return migrations.compactMap { migration in
      let isOpen = open.contains(migration)
      let isNeeded = isOpen && compat < migration.starts
      let installed = state.guards[migration.name]?.checksum
      guard isNeeded, let wanted = GuardInstaller.checksum(of: migration, on: engine) else {
        // Where another version shuts the older ones out, its own start removes them: it may be at the completion just now,
        // and who had something to remove, too, would wait for that before serving.
        // Those of a later version are of a later migration of the name.
        let isOwn = state.guards[migration.name].map { $0.version <= ledger.version } ?? false
        let isObsolete =
          isNeeded
          ? mayReplace : role == .main && isOwn && (!isOpen || ledger.compatVersion >= migration.starts)
        guard installed != nil, isObsolete else { return nil }
        return PlanStep(
          .removeGuards(migration: migration.name),
          isNeeded
            ? "the ledger has none any more" : "no version before \(migration.starts) writes any more")
      }
      let reason: String? =
        if installed == nil {
          "versions before \(migration.starts) may write beside this one"
        } else if installed != wanted {
          mayReplace ? "the ledger's have changed since they were made" : nil
        } else {
          reasonToLook(at: migration, followsDeltas: followsDeltas, state)
        }
      return reason.map { PlanStep(.installGuards(migration), $0) }
    }
  }

  /// Why triggers that are recorded may not be there; nil where they are. Who does not migrate serves without: it makes
  /// none, and the main process does at its next start.
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
