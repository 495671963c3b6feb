package import Gradus
package import GradusSQL
import GradusUpdates

/// Whether an older version may be put back on one database.
package struct RollbackReport: Encodable, Sendable {
  package struct Refusal: Encodable, Sendable {
    package var reason: String
    package var message: String
    package var hint: String
  }

  package struct Note: Encodable, Sendable {
    package var kind: String
    package var subject: String
    package var message: String
  }

  /// The name in the configuration.
  package var name: String
  package var database: String
  /// For people.
  package var title: String
  package var engine: String
  package var version: Int?
  package var compatVersion: Int?
  package var target: Int
  package var isPossible: Bool
  package var refusals: [Refusal]
  package var notes: [Note]

  /// - Parameters:
  ///   - target: the version to go back to.
  ///   - context: with the newest ledger there is.
  /// - Throws: `GradusError` where the question makes no sense; `SQLError`.
  package init(
    to target: Int, _ database: PhysicalDatabase, _ context: ReportContext, _ session: Session
  ) async throws {
    let (ledger, tree) = (context.schema.ledger, context.schema.tree)
    let reader = DatabaseStateReader(rules: [], firstVersion: tree.deltas.keys.min() ?? 0)
    let state = try await session.run { try reader.read($0) }
    let planner = Planner(
      ledger: ledger, tree: tree, engine: database.driver.engine, databases: database.databases)
    // What is left of the updates is not asked for: to count it may take long.
    let queue = try await session.run { try UpdateListing.read($0, registry: UpdateRegistry()) }
    let facts = RollbackFacts(
      state: state, fences: try await LiveVersions.fences(of: database, on: session),
      holders: try await LiveVersions.holders(of: database, on: session),
      running: Dictionary(queue.map { ($0.entry.name, $0.holders) }, uniquingKeysWith: +),
      origins: try tree.updateOrigins(), databases: database.databases ?? tree.databases,
      missed: planner.missedDeltas(state))
    let verdict = try RollbackVerdict(to: target, facts, ledger: ledger)
    name = database.name
    title = database.title
    self.database = database.driver.databaseName
    engine = database.driver.engine.description
    version = state.version?.number
    compatVersion = state.compatVersion
    self.target = target
    isPossible = verdict.isPossible
    refusals = verdict.refusals.map { Refusal(reason: $0.kind, message: "\($0)", hint: $0.hint) }
    notes = verdict.notes.map { Note(kind: $0.kind, subject: $0.subject, message: "\($0)") }
  }

  package enum CodingKeys: String, CodingKey {
    case name, database, engine, version, target, refusals, notes
    case compatVersion = "compat_version"
    case isPossible = "possible"
  }
}
