import GradusSQL

@testable import Gradus

/// A ledger, a tree and states of a database, and what the planner makes of them.
protocol PlannerExample {}

extension PlannerExample {
  static var rule: StalenessRule {
    StalenessRule(
      table: "derived", key: ["id"], position: "at",
      source: .init(table: "source", key: ["id"], position: "at"),
      requeue: .init(into: "queue", update: "fill"),
      whenEmpty: .init(
        table: "source",
        queue: [QueuedUpdate(name: "prefill"), QueuedUpdate(name: "fill", dependsOn: "prefill")]))
  }

  static var ledger: Ledger {
    Ledger(
      version: 3, compatVersion: 2,
      versions: [1: .init(compatVersion: 0), 2: .init(compatVersion: 1), 3: .init(compatVersion: 2)],
      gradualMigrations: [
        GradualMigration(name: "m", starts: 2, completes: 3, updates: ["prefill", "fill"], staleness: [rule])
      ])
  }

  static func file(_ version: Int, _ name: String, _ database: LogicalDatabase = .main) -> SchemaFile {
    SchemaFile(database: database, version: version, name: name, url: nil)
  }

  static var tree: SchemaTree {
    SchemaTree(
      deltas: [
        2: [file(2, "01_tables.sql")], 3: [file(3, "01_reads.sql"), file(3, "02_only.sql.postgres")],
      ],
      fullSchemas: [1: [file(1, "01_all.sql"), file(1, "02_state.sql", .state)]])
  }

  func planner(_ version: Int = 3, _ role: ProcessRole = .main, tree: SchemaTree? = nil) throws -> Planner {
    Planner(
      ledger: try Self.ledger.acting(as: version), tree: tree ?? Self.tree, engine: .sqlite, role: role)
  }

  func steps(_ version: Int, _ state: DatabaseState) throws -> [String] {
    try planner(version).plan(state).steps.map { step in
      switch step.action {
      case .createBookkeeping(let withQueue): "bookkeeping\(withQueue ? " and queue" : "")"
      case .createSchema(let version, let files): "create \(version) of \(files.count)"
      case .raiseCompat(let from, let to): "compat \(from.map(String.init) ?? "-") \(to)"
      case .recordVersion(let version): "version \(version)"
      case .applyDelta(let file): file.recordedName
      case .purgeStale(let rule): "purge \(rule.table)"
      case .forgetWatermarks(let tables): "distrust \(tables.joined(separator: ","))"
      case .installGuards(let migration): "guards \(migration.name)"
      case .removeGuards(let name): "no guards \(name)"
      case .completeUpdates(let names, _): "complete \(names.joined(separator: ","))"
      case .certify(let name): "certify \(name)"
      }
    }
  }

  func state(
    _ version: Int, compat: Int?, upgraded: Bool = true, applied: Set<String> = [], queue: [String] = [],
    certified: Set<String> = [], staleness: DatabaseState.Staleness? = nil
  ) -> DatabaseState {
    DatabaseState(
      version: .init(version, isUpgraded: upgraded), compatVersion: compat, appliedDeltas: applied,
      queue: queue.map { QueuedUpdate(name: $0) }, completedMigrations: certified,
      staleness: staleness.map { ["derived": $0] } ?? [:])
  }

  static var fresh: DatabaseState.Staleness {
    .init(derived: 9, watermark: 9, source: 9, hasRowsToDerive: true)
  }
  static var stale: DatabaseState.Staleness {
    .init(derived: 7, watermark: nil, source: 9, hasRowsToDerive: true)
  }
}
