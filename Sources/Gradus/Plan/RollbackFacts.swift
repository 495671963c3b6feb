/// What a database and its tree say that a rollback depends on.
package struct RollbackFacts: Sendable {
  /// What the database says about itself.
  package var state: DatabaseState
  /// The upgrades that are shutting versions out right now, with the compat version each raises.
  package var fences: [VersionHolder]
  /// The processes that run.
  package var holders: [VersionHolder]
  /// Who works on which queued update.
  package var running: [String: [String]]
  /// The first version whose deltas queue each update.
  package var origins: [String: Int]
  /// The logical databases that live on it.
  package var databases: Set<LogicalDatabase>
  /// The deltas of versions that the database has passed without them.
  package var missed: [SchemaFile]

  package init(
    state: DatabaseState, fences: [VersionHolder] = [], holders: [VersionHolder] = [],
    running: [String: [String]] = [:], origins: [String: Int] = [:],
    databases: Set<LogicalDatabase> = [.main],
    missed: [SchemaFile] = []
  ) {
    self.state = state
    self.fences = fences
    self.holders = holders
    self.running = running
    self.origins = origins
    self.databases = databases
    self.missed = missed
  }
}
