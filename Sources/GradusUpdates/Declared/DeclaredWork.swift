import Gradus

/// Makes the work of a declared update.
enum DeclaredWork {
  /// The work, or nil for the kinds `handler`, whose code is registered, and `drop_sync`, which is never queued.
  static func make(_ declaration: UpdateDeclaration) -> (any UpdateWork)? {
    let name = declaration.name
    return switch declaration.kind {
    case .backfill(let backfill): BackfillWork(name: name, backfill: backfill)
    case .drain(let drain): DrainWork(name: name, drain: drain)
    case .index(let index): IndexWork(name: name, index: index)
    case .validateConstraint(let constraint): ValidateConstraintWork(name: name, constraint: constraint)
    case .constraint(let constraint): ValidateConstraintWork(name: name, added: constraint)
    case .syncColumn(let sync): SyncColumnWork(name: name, sync: sync)
    case .sql(let sql): ScriptWork(name: name, sql: sql)
    case .handler, .dropSync: nil
    }
  }
}
