import Gradus
import GradusCatalog
import GradusSQL
import Synchronization

/// Finds out what a version makes of the target, in a schema of its own that is removed again: what stands against a port
/// is to be known before anything is changed.
struct TrialSchema: Sendable {
  let definition: SchemaDefinition
  let target: PhysicalDatabase
  let completer: any ForegroundCompleter

  private static let name = "gradus_port_trial"

  /// - Throws: `PortRefused` where a script does not stay in the schema; `GradusError`, `SQLError`.
  func catalog(on session: Session) async throws -> Catalog {
    let path = try await session.run { try SchemaContents.ofSearchPath($0) }
    guard let own = path.first else {
      throw PortRefused(["the target's role has no schema to make tables in"], hint: "see its search_path")
    }
    try checkScripts(own)
    do {
      try await session.run { connection in
        try Self.drop(connection)
        try connection.execute("CREATE SCHEMA \(Self.name)")
      }
    } catch var error as SQLError where error.code == .permissionDenied {
      error.hint =
        "to find out what the target will hold, the role must be allowed to make a schema in the database"
      throw error
    }
    // What extensions have brought is there for the scripts as it will be later; what somebody has made is to be safe.
    let others = path.filter(\.isEmpty).map(\.schema)
    let result: Result<Catalog, any Error>
    do {
      result = .success(try await make(others))
    } catch {
      result = .failure(Self.explained(error, own.schema))
    }
    let strays = Mutex<[SchemaContents.Item]>([])
    await session.settle(within: .seconds(60)) { connection in
      try Self.drop(connection)
      let found = try SchemaContents(of: own.schema, connection).items.filter { !own.items.contains($0) }
      strays.withLock { $0 = found }
      // Nobody else migrates the target now, and it was empty: they are the trial's.
      guard own.isEmpty else { return }
      for item in found { try connection.execute(item.drop) }
    }
    let found = strays.withLock { $0 }
    guard found.isEmpty else { throw Self.refusal(found, own) }
    return try result.get()
  }

  private func make(_ others: [String]) async throws -> Catalog {
    var database = target
    database.driver = SchemaDriver(base: target.driver, schema: Self.name, others: others)
    let session = try await Session.open(database.driver)
    try await TargetSchema(definition: definition, database: database, completer: completer).make(
      on: session, report: { _ in })
    return try await session.run { try TargetCatalog.read($0) }
  }

  private static func drop(_ connection: Connection) throws {
    try connection.execute("DROP SCHEMA IF EXISTS \(name) CASCADE")
  }

  // MARK: Scripts that do not stay in the schema

  /// Before any is run: what names its schema would be made, changed or removed there.
  private func checkScripts(_ own: SchemaContents) throws {
    let plan = try Planner(
      ledger: definition.ledger, tree: definition.tree, engine: .postgres, databases: target.databases
    ).plan(.empty)
    var reasons: [String] = []
    for file in plan.steps.flatMap(Self.files) {
      guard case .sql = file.kind else { continue }
      let script = try DeltaScript(file, engine: .postgres).sql
      if let mention = SchemaMention.first(of: own.schema, in: script) {
        reasons.append("\(file.path):\(mention.position.line): the script \(mention.text)")
      } else if !own.isEmpty, SchemaMention.mayMean(own.schema, in: script) {
        reasons.append(
          "\(file.path) may mean what is in the schema \(own.schema), so it is tried where that is empty only"
        )
      }
    }
    guard reasons.isEmpty else { throw PortRefused(reasons, hint: Self.hint(own.schema)) }
  }

  private static func files(_ step: PlanStep) -> [SchemaFile] {
    switch step.action {
    case .applyDelta(let file): [file]
    case .createSchema(_, let files): files
    default: []
    }
  }

  private static func hint(_ schema: String) -> String {
    "a port tries the scripts in a schema of its own, \(name), so they must not say which one they are run in: leave '\(schema).' out, which pg_dump writes, and what sets search_path"
  }

  private static func refusal(_ strays: [SchemaContents.Item], _ own: SchemaContents) -> PortRefused {
    let names = strays.prefix(5).map(\.description).joined(separator: ", ")
    let more = strays.count > 5 ? " and \(strays.count - 5) more" : ""
    let rest = own.isEmpty ? "that was removed again" : "remove that"
    return PortRefused(
      ["the scripts made things in the target's own schema \(own.schema): \(names)\(more); \(rest)"],
      hint: hint(own.schema))
  }

  /// A script may have failed as it named what is not in the trial's schema.
  private static func explained(_ error: any Error, _ schema: String) -> any Error {
    guard var error = error as? GradusError, error.code == .deltaFailed else { return error }
    error.hint = "\(error.hint.map { "\($0); " } ?? "")\(hint(schema))"
    return error
  }
}
