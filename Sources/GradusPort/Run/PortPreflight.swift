import Gradus
import GradusSQL

/// What stands against a port whatever the tables are.
struct PortPreflight: Sendable {
  let definition: SchemaDefinition
  let source: PhysicalDatabase
  let target: PhysicalDatabase

  /// - Parameters:
  ///   - record: how far a port of this target is; nil where none has begun.
  func reasons(_ sourceSession: Session, _ targetSession: Session, _ record: PortRecord?) async throws
    -> [String]
  {
    var reasons = try await sourceReasons(sourceSession)
    for holder in try await LiveVersions.holders(of: source, on: sourceSession) {
      reasons.append("a process works on the source: \(holder)")
    }
    for holder in try await LiveVersions.holders(of: target, on: targetSession) {
      reasons.append("a process works on the target: \(holder)")
    }
    return try await reasons
      + targetSession.run { connection in
        var reasons: [String] = []
        let encoding = try connection.queryRow("SHOW server_encoding")?.text(0) ?? ""
        if encoding != "UTF8" { reasons.append("the target's encoding is \(encoding), not UTF8") }
        let tables = try CatalogTables.names(connection).sorted()
        if record == nil, !tables.isEmpty {
          let more = tables.count > 3 ? " and \(tables.count - 3) more" : ""
          reasons.append("the target is not empty: it has \(tables.prefix(3).joined(separator: ", "))\(more)")
        }
        return reasons
      }
  }

  private func sourceReasons(_ session: Session) async throws -> [String] {
    let planner = Planner(
      ledger: definition.ledger, tree: definition.tree, engine: .sqlite, databases: source.databases)
    let state = try await session.run { try planner.reader.read($0) }
    var reasons: [String] = []
    if !state.queue.isEmpty {
      let names = state.queue.map(\.name).sorted().joined(separator: ", ")
      reasons.append("updates are pending in the source: \(names); 'updates run' completes them")
    }
    do {
      let steps = try planner.plan(state).steps.filter(Self.changesRows)
      if !steps.isEmpty {
        reasons.append(
          "the source needs 'migrate' first: \(steps.map(\.description).joined(separator: "; "))")
      }
    } catch let error as GradusError {
      reasons.append("the source: \(error.message)")
    }
    return reasons
  }

  /// Steps that only make what the target gets by itself do not matter.
  private static func changesRows(_ step: PlanStep) -> Bool {
    switch step.action {
    case .createBookkeeping, .installGuards, .removeGuards, .forgetWatermarks, .raiseCompat: false
    case .createSchema, .recordVersion, .applyDelta, .purgeStale, .completeUpdates, .certify: true
    }
  }
}
