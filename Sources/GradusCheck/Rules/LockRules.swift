import Gradus
import GradusLint

/// Finds deltas of PostgreSQL's that keep everybody from a table for longer than need be. Pure.
struct LockRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    (trace.isInTransaction ? [heldLock()] : [unlimitedLock()]).compactMap { $0 } + limits()
  }

  /// The first statement that makes a lock last: one is enough to know that the delta should be parted.
  private func heldLock() -> Finding? {
    var held: String?
    for statement in statements {
      if let held, let why = lengthens(statement, held) {
        return Finding("P07", "while nobody else can use '\(held)', \(why)", at: statement.step, of: trace)
      }
      held = held ?? exclusiveLocks(statement).first
    }
    return nil
  }

  private func lengthens(_ statement: TracedStatement, _ held: String) -> String? {
    if let other = exclusiveLocks(statement).first(where: { $0 != held }) {
      return "'\(other)' is locked, too"
    }
    let isAlteration = statement.analysis.actions.contains { if case .alter = $0 { true } else { false } }
    let modifies = statement.analysis.actions.contains { if case .modify = $0 { true } else { false } }
    guard statement.analysis.effect.scans, !isAlteration, !modifies || !statement.modifiedAtLarge.isEmpty,
      let table = statement.analysis.sources.intersection(statement.existing).sorted().first
    else { return nil }
    return "the rows of '\(table)' are gone through"
  }

  /// The tables that were there and that a statement keeps everybody from, by the names that they had then.
  private func exclusiveLocks(_ statement: TracedStatement) -> [String] {
    locked(statement) { $0.mode == "ACCESS EXCLUSIVE" }
  }

  private func locked(_ statement: TracedStatement, _ isMeant: (StatementEffect.Lock) -> Bool) -> [String] {
    statement.analysis.effect.locks.filter(isMeant).compactMap { lock in
      lock.table
        ?? lock.index.flatMap { name in
          statement.before.tables.first { $0.value.indexes[name] != nil }?.key
        }
    }.compactMap { statement.origins[$0] }
  }

  /// Outside a transaction nobody sets a limit for the delta.
  private func unlimitedLock() -> Finding? {
    let modes: Set = ["ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE"]
    for statement in statements {
      let isLimited = statement.analysis.actions.contains { action in
        if case .set("lock_timeout", let value?) = action { Self.milliseconds(value) ?? 0 > 0 } else { false }
      }
      if isLimited { return nil }
      if let table = locked(statement, { modes.contains($0.mode) }).first {
        return Finding(
          "P03", "outside a transaction there is no limit to the wait for '\(table)'", at: statement.step,
          of: trace)
      }
    }
    return nil
  }

  /// Deltas that raise the limit, or take it away.
  private func limits() -> [Finding] {
    statements.compactMap { statement in
      guard let value = statement.analysis.actions.compactMap(Self.limit).first else { return nil }
      return Finding("P03", value, at: statement.step, of: trace)
    }
  }

  private static func limit(_ action: StatementAction) -> String? {
    guard case .set(let name, let value) = action, ["lock_timeout", "all"].contains(name) else { return nil }
    guard let value, let time = milliseconds(value), time > 0 else { return "lock_timeout is taken away" }
    let usual = DatabaseMigrator.Options().statementLockTimeout / .milliseconds(1)
    return time > usual ? "lock_timeout is raised to \(value)" : nil
  }

  /// A time as PostgreSQL reads it: in milliseconds, where it has no unit.
  private static func milliseconds(_ value: String) -> Double? {
    guard let match = value.wholeMatch(of: #/\s*(?<number>[0-9.]+)\s*(?<unit>us|ms|s|min|h|d|)\s*/#),
      let number = Double(match.number)
    else { return nil }
    let units: [Substring: Double] = ["us": 0.001, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000]
    return number * (units[match.unit] ?? 1)
  }
}
