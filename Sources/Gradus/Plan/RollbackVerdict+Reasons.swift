extension RollbackVerdict {
  /// Why an older version may not be put back.
  package enum Refusal: Sendable, Hashable {
    /// The database's compat version is above it.
    case compatVersion(Int)
    /// An upgrade is shutting it out right now.
    case fence(VersionHolder)
    /// A delta outside a transaction has no record yet: it is running, or was interrupted, and then no version starts
    /// before somebody has decided.
    case interruptedDelta(String)

    /// The name for programs.
    package var kind: String {
      switch self {
      case .compatVersion: "compat_version"
      case .fence: "fence"
      case .interruptedDelta: "interrupted_delta"
      }
    }

    /// What to do, in place of a rollback or before it.
    package var hint: String {
      switch self {
      // No release is of that version.
      case .compatVersion(Admission.portSeal): Admission.ofSealed.hint
      case .compatVersion(let compat):
        "roll back to a release of schema version \(compat) or later, or restore a backup"
      case .fence:
        "stop that upgrade, or let it give up, before it has raised the compat version; then ask again"
      case .interruptedDelta(let file):
        "let it end, and ask again; where it was interrupted, look at what it did; then 'migrate --retry-delta \(file)' or 'migrate --mark-applied \(file)'"
      }
    }
  }

  /// What a rollback leaves.
  package enum Note: Sendable, Hashable {
    /// A process of a newer version runs.
    case newerProcess(VersionHolder)
    /// Workers have an update.
    case running(update: String, by: [String])
    /// The older version does not know a queued update.
    case unknownUpdate(String, since: Int)
    /// No delta of the tree queues an update that is queued.
    case unplacedUpdate(String)
    /// The older version does not keep derived tables.
    case staleRows(migration: String, tables: [String])
    /// The database passed a version before a delta was added to it, which the older version relies on.
    case missedDelta(String, of: Int)

    /// The name for programs.
    package var kind: String {
      switch self {
      case .newerProcess: "newer_process"
      case .running: "running_update"
      case .unknownUpdate: "unknown_update"
      case .unplacedUpdate: "unplaced_update"
      case .staleRows: "stale_rows"
      case .missedDelta: "missed_delta"
      }
    }

    /// What it is about: an update, a gradual migration, a process or a file.
    package var subject: String {
      switch self {
      case .newerProcess(let holder): holder.name
      case .running(let update, _): update
      case .unknownUpdate(let update, _), .unplacedUpdate(let update): update
      case .staleRows(let migration, _): migration
      case .missedDelta(let file, _): file
      }
    }
  }
}

extension RollbackVerdict.Refusal: CustomStringConvertible {
  /// For people.
  package var description: String {
    switch self {
    case .compatVersion(Admission.portSeal): Admission.ofSealed.message
    case .compatVersion(let compat): "only version \(compat) or later may open the database"
    case .fence(let fence):
      "an upgrade is shutting out the versions below \(fence.version) right now: \(fence.who)"
    case .interruptedDelta(let file):
      "the delta \(file), which runs outside a transaction, is running, or was interrupted"
    }
  }
}

extension RollbackVerdict.Note: CustomStringConvertible {
  /// For people.
  package var description: String {
    switch self {
    case .newerProcess(let holder): "still runs: \(holder); stop it before the older version starts"
    case .running(let update, let workers):
      "the update '\(update)' is being worked on by \(workers.joined(separator: ", ")): stop that first; it goes on from its last batch"
    case .unknownUpdate(let update, let origin):
      "the update '\(update)' came with version \(origin): it stays in the queue, and goes on when that version is back"
    case .unplacedUpdate(let update):
      "no delta queues '\(update)': where the older version does not know it, it stays in the queue"
    case .staleRows(let migration, let tables):
      "the older version does not keep \(tables.joined(separator: ", ")): the next start of a newer one removes the rows that it makes stale, and queues them to be computed again ('\(migration)')"
    case .missedDelta(let file, let version):
      "\(file) was never applied: the database had passed version \(version) before it was added; the older version does not apply it either, and may rely on it"
    }
  }
}
