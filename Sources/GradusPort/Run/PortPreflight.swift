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
        let contents = record == nil ? try Self.contents(connection) : []
        if !contents.isEmpty {
          let names = contents.prefix(3).map(\.description).joined(separator: ", ")
          let more = contents.count > 3 ? " and \(contents.count - 3) more" : ""
          reasons.append("the target is not empty: it has \(names)\(more)")
        }
        return reasons
      }
  }

  /// What may be in the way of the schema that is to be made, or be taken for it.
  private static func contents(_ connection: Connection) throws -> [SchemaContents.Item] {
    let path = try SchemaContents.ofSearchPath(connection)
    // In later schemas only tables are looked for by name.
    let relations: Set<String> = ["TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"]
    return path.enumerated().flatMap { place, schema in
      schema.items.filter { place == 0 ? $0.kind != "EXTENSION" : relations.contains($0.kind) }
    }
  }

  private func sourceReasons(_ session: Session) async throws -> [String] {
    let planner = Planner(
      ledger: definition.ledger, tree: definition.tree, engine: .sqlite, databases: source.databases)
    let state = try await session.run { try planner.reader.read($0) }
    var reasons: [String] = []
    do {
      let steps = try planner.plan(state).steps.filter(Self.changesRows)
      if !steps.isEmpty {
        reasons.append(
          "the source needs 'migrate --to \(definition.ledger.version)' first: \(steps.map(\.description).joined(separator: "; "))"
        )
      }
    } catch let error as GradusError {
      reasons.append("the source: \(error.message)")
    }
    // After what a start purges: rows that updates fill before it would hide from it what is stale.
    if !state.queue.isEmpty {
      let names = state.queue.map(\.name).sorted().joined(separator: ", ")
      reasons.append("updates are pending in the source: \(names); 'updates run' completes them")
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
