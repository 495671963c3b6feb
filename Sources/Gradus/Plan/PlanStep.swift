/// One step of a plan, done atomically unless it says otherwise.
public struct PlanStep: Sendable {
  /// What is done.
  public var action: Action
  /// Why.
  public var reason: String

  /// What a step does.
  public enum Action: Sendable {
    /// Makes the bookkeeping tables that are missing; the queue too, unless a full schema is to bring it.
    case createBookkeeping(withQueue: Bool)
    /// Runs a full schema's files and records its version.
    case createSchema(version: Int, files: [SchemaFile])
    /// Writes the compat version.
    case raiseCompat(from: Int?, to: Int)
    /// Records the version whose deltas follow.
    case recordVersion(Int)
    /// Runs a delta and records it.
    case applyDelta(SchemaFile)
    /// Removes derived rows that an older version may have made stale, and queues them.
    case purgeStale(StalenessRule)
    /// Forgets how far purges have seen the sources of tables that this version does not keep.
    case forgetWatermarks([String])
    /// Makes the triggers by which writes of older versions mark derived rows as stale.
    case installGuards(GradualMigration)
    /// Removes those triggers.
    case removeGuards(migration: String)
    /// Runs what is left of updates to their end. Batch by batch; resumes where it was stopped.
    case completeUpdates([String], migration: String)
    /// Certifies that a gradual migration is complete.
    case certify(migration: String)
  }

  init(_ action: Action, _ reason: String) {
    self.action = action
    self.reason = reason
  }

  var appliesDelta: Bool {
    if case .applyDelta = action { true } else { false }
  }

  /// Whether older versions may write much while it is done, or may have done so before it without being watched.
  var leavesTimeForWrites: Bool {
    switch action {
    case .applyDelta, .completeUpdates, .installGuards: true
    default: false
    }
  }
}

extension PlanStep: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch action {
    case .createBookkeeping: "create bookkeeping tables"
    case .createSchema(let version, let files):
      "create schema version \(version) (\(files.count) file\(files.count == 1 ? "" : "s"))"
    case .raiseCompat(let from, let to): "raise compat version \(from.map { "from \($0) " } ?? "")to \(to)"
    case .recordVersion(let version): "record schema version \(version)"
    case .applyDelta(let file): "apply \(file.path)"
    case .purgeStale(let rule): "purge stale rows of \(rule.table)"
    case .forgetWatermarks(let tables): "distrust \(tables.joined(separator: ", "))"
    case .installGuards(let migration): "install the guards of \(migration.name)"
    case .removeGuards(let migration): "remove the guards of \(migration)"
    case .completeUpdates(let names, let migration):
      "complete \(migration) in the foreground (\(names.count) update\(names.count == 1 ? "" : "s"))"
    case .certify(let migration): "certify \(migration) as complete"
    }
  }

  /// A stable name for programs.
  public var kind: String {
    switch action {
    case .createBookkeeping: "create_bookkeeping"
    case .createSchema: "create_schema"
    case .raiseCompat: "raise_compat"
    case .recordVersion: "record_version"
    case .applyDelta: "apply_delta"
    case .purgeStale: "purge_stale"
    case .forgetWatermarks: "forget_watermarks"
    case .installGuards: "install_guards"
    case .removeGuards: "remove_guards"
    case .completeUpdates: "complete_updates"
    case .certify: "certify"
    }
  }
}
