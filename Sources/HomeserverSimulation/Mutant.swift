import Gradus
import GradusSQL
import GradusTestSupport

/// A defect that is built in on purpose, to see that the simulation finds it.
///
/// Nothing of the product knows of it: a defect is a statement that goes to the database otherwise than it was written,
/// or a check that is left out.
package struct Mutant: Sendable, CustomStringConvertible {
  /// What is wrong, in words.
  package var name: String
  /// Its name.
  package var description: String { name }
  /// What becomes of a statement; nil for one that is not run at all.
  var rewrite: @Sendable (String, [SQLValue]) -> (sql: String, parameters: [SQLValue])? = { ($0, $1) }
  /// Whether it is a defect of guards, and must be found where there are some; the others where there are none.
  package var isOfGuards = false
  /// Whether processes look at the compat version.
  var checksAdmission = true
  /// Whether processes announce their versions.
  var announces = true
  /// Whether the announcement of a process outlives its death.
  var keepsLocksOfTheDead = false
  /// Whether what is queued is taken for complete.
  var ignoresCompletion = false
}

/// Opens the connections of a process with a defect.
struct MutantDriver: ForwardingDriver {
  let base: any Driver
  let mutant: Mutant

  func open() throws -> any ConnectionBackend { MutantBackend(try base.open(), mutant) }
}

private final class MutantBackend: ForwardingBackend {
  private let mutant: Mutant

  init(_ base: any ConnectionBackend, _ mutant: Mutant) {
    self.mutant = mutant
    super.init(base)
  }

  override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    guard let (sql, parameters) = mutant.rewrite(sql, parameters) else { return 0 }
    return try super.run(sql, parameters, row: row)
  }

  override func runScript(_ sql: String) throws {
    guard let (sql, _) = mutant.rewrite(sql, []) else { return }
    try super.runScript(sql)
  }
}

/// Takes what is queued for complete.
struct HastyCompleter: ForegroundCompleter {
  func knows(_ name: String) -> Bool { true }

  func complete(
    _ names: [String], of database: PhysicalDatabase, on session: Session,
    report: @escaping @Sendable (UpdateProgressReport) -> Void
  ) async throws {}
}
