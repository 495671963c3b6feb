import Gradus
import GradusSQL

extension PlanReport {
  /// The triggers of a step, each with the lock that it takes.
  static func statements(_ script: GuardScript, isRemoved: Bool, on engine: Engine) -> [Statement] {
    script.triggers.enumerated().map { index, trigger in
      let lock =
        switch (engine, isRemoved) {
        case (.sqlite, _): "write lock on the database, blocks writers"
        case (.postgres, false): "SHARE ROW EXCLUSIVE on \(trigger.table), blocks writers"
        case (.postgres, true): "ACCESS EXCLUSIVE on \(trigger.table), blocks readers and writers"
        }
      return Statement(
        line: index + 1,
        sql: "\(isRemoved ? "DROP" : "CREATE") TRIGGER \(trigger.name) ON \(trigger.table)", locks: [lock])
    }
  }
}
