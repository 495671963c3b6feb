extension Planner {
  /// The steps after which the guards of these migrations are as they should be.
  ///
  /// Guards belong to a migration that is not complete and whose older versions may still open the database. Nothing is
  /// installed on behalf of one that this same plan completes.
  ///
  /// - Parameters:
  ///   - migrations: the migrations to look at.
  ///   - open: those of them that stay incomplete.
  func guardSteps(for migrations: [GradualMigration], open: [GradualMigration], _ state: DatabaseState)
    -> [PlanStep]
  {
    let compat = max(state.compatVersion ?? ledger.compatVersion, ledger.compatVersion)
    return migrations.compactMap { migration in
      let isNeeded = open.contains(migration) && compat < migration.starts
      let installed = state.guards[migration.name]
      let wanted = isNeeded ? GuardInstaller.checksum(of: migration, on: engine) : nil
      guard installed != wanted else { return nil }
      guard wanted != nil else {
        return PlanStep(
          .removeGuards(migration: migration.name),
          isNeeded
            ? "the ledger has none any more" : "no version before \(migration.starts) writes any more")
      }
      return PlanStep(
        .installGuards(migration),
        installed == nil
          ? "versions before \(migration.starts) may write beside this one"
          : "the ledger's have changed since they were made")
    }
  }
}
