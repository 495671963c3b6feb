import Gradus
import GradusSQL

/// An update that a delta queues, by SQL or by a declaration.
struct QueuedByDelta: Sendable {
  /// Its name; nil where the SQL computes it.
  let name: String?
  let dependsOn: [String]
  let ordering: QueueInsert.Ordering
  let delta: DeltaText
  let position: SourcePosition?
  /// The declaration; nil where SQL queues it.
  let declaration: UpdateDeclaration?

  init(_ insert: QueueInsert, _ delta: DeltaText) {
    name = insert.name
    dependsOn = insert.dependsOn.map { [$0] } ?? []
    ordering = insert.ordering
    self.delta = delta
    position = insert.position
    declaration = nil
  }

  init(_ declaration: UpdateDeclaration, _ delta: DeltaText) {
    name = declaration.name
    dependsOn = declaration.dependsOn
    ordering = .number(declaration.ordering)
    self.delta = delta
    position = delta.position(ofUpdate: declaration.name)
    self.declaration = declaration
  }

  var version: Int { delta.file.version }
  var shownName: String { name ?? "an update" }

  /// The engines on which it is queued.
  var engines: Set<Engine> { declaration?.engines ?? delta.engines }

  /// Whether it is a row of the queue: the removal of a trigger is not.
  var isQueued: Bool {
    if case .dropSync? = declaration?.kind { false } else { true }
  }

  /// Whether its author has yet to write its SQL. On the empty tables of a check that might never be run.
  var isUnwritten: Bool {
    let sql: UpdateDeclaration.EngineSQL? =
      switch declaration?.kind {
      case .backfill(let backfill): backfill.sql
      case .drain(let drain): drain.sql
      case .sql(let sql): sql
      default: nil
      }
    return sql?.byEngine.values.contains { $0.contains(UpdateDeclaration.placeholder) } ?? false
  }

  /// Whether only code can run it.
  var needsHandler: Bool {
    switch declaration?.kind {
    case nil, .handler: true
    default: false
    }
  }

  /// The statement that queues it.
  var statement: String? {
    declaration == nil ? delta.statements.first { $0.position == position }?.text : nil
  }
}
