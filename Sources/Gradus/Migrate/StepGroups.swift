import GradusSQL

/// The steps of a plan, cut into groups that are each done in one transaction.
///
/// Nobody uses a new database yet: holding all locks to the end harms nobody, and spares a transaction for each delta,
/// which is several round trips, and a sync where there is a disk. In an existing database each step is a group of its
/// own, so that a lock is held no longer than the delta that needs it runs.
struct StepGroups {
  let groups: [ArraySlice<PlanStep>]

  /// - Parameters:
  ///   - plan: the plan.
  ///   - scripts: what is read of its files.
  ///   - engine: the engine that will run it.
  /// - Throws: `GradusError` where a file cannot be read.
  init(_ plan: Plan, scripts: ScriptStore, engine: Engine) throws {
    guard plan.version == nil else {
      groups = plan.steps.indices.map { plan.steps[$0...$0] }
      return
    }
    var groups: [ArraySlice<PlanStep>] = []
    // Nothing may follow what has a group of its own.
    var room = Size.none
    for index in plan.steps.indices {
      let size = try Size(of: plan.steps[index].action, scripts: scripts, engine: engine)
      if let size, let last = groups.indices.last, size.fits(room) {
        groups[last] = plan.steps[groups[last].startIndex...index]
        room -= size
      } else {
        groups.append(plan.steps[index...index])
        room = size.map { Size.limit - $0 } ?? .none
      }
    }
    self.groups = groups
  }

  /// The one group that all steps are in, where it has several.
  var whole: ArraySlice<PlanStep>? {
    guard groups.count == 1, let group = groups.first, group.count > 1 else { return nil }
    return group
  }
}

/// What a step adds to a transaction.
private struct Size {
  var files = 0
  var bytes = 0

  static let none = Size(files: -1, bytes: -1)
  /// PostgreSQL has room for a few thousand locks, of which a table takes four; and who waits is to see that something
  /// happens.
  static let limit = Size(files: 100, bytes: 1 << 20)

  private init(files: Int, bytes: Int) {
    self.files = files
    self.bytes = bytes
  }

  /// Nil for a step that is not to share its transaction.
  init?(of action: PlanStep.Action, scripts: ScriptStore, engine: Engine) throws {
    let files: [SchemaFile]
    switch action {
    case .createBookkeeping, .raiseCompat, .recordVersion: files = []
    case .createSchema(_, let all): files = all
    case .applyDelta(let file): files = [file]
    default: return nil
    }
    for file in files {
      guard case .sql = file.kind else { return nil }
      let script = try scripts.script(of: file, for: engine)
      guard !script.runsOutsideTransaction, !script.mayChangeSettings else { return nil }
      self.files += 1
      bytes += script.sql.utf8.count
    }
  }

  func fits(_ room: Size) -> Bool { files <= room.files && bytes <= room.bytes }

  static func - (left: Size, right: Size) -> Size {
    Size(files: left.files - right.files, bytes: left.bytes - right.bytes)
  }

  static func -= (left: inout Size, right: Size) { left = left - right }
}
