import Gradus
import GradusCatalog
import GradusLint
package import GradusSQL
import GradusSQLite
import GradusUpdates

/// Applies the deltas of a version to a scratch database of the version before, and notes what each statement changes.
package struct DeltaTracer: Sendable {
  private let builder: SchemaBuilder

  package init(_ builder: SchemaBuilder) { self.builder = builder }

  /// The traces of a version's deltas, in the order in which they are applied.
  ///
  /// - Parameters:
  ///   - version: the version.
  ///   - base: the version before, whose schema admitted processes know.
  ///   - engine: the engine.
  /// - Throws: `GradusError` where a delta fails.
  package func traces(of version: Int, from base: Int, on engine: Engine) async throws -> [DeltaTrace] {
    let tree = builder.schema.tree
    let files = try tree.deltas(of: version, in: tree.databases).filter { $0.applies(to: engine) }
    return try await builder.withScratch(of: base, on: engine) { session, database in
      var traces: [DeltaTrace] = []
      var catalog = try await session.run { try CatalogReader.read($0) }
      for file in files {
        let trace = try await trace(file, from: catalog, session, database)
        catalog = trace.after
        traces.append(trace)
      }
      return traces
    }
  }

  private func trace(
    _ file: SchemaFile, from before: Catalog, _ session: Session, _ database: PhysicalDatabase
  ) async throws -> DeltaTrace {
    var steps: [DeltaTrace.Step] = []
    var after = before
    switch file.kind {
    case .sql:
      for (statement, position) in try statements(file, session.engine) {
        let catalog = try await run(statement, position, of: file, session)
        steps.append(
          .init(
            statement: statement, position: position,
            changes: CatalogComparison.changes(from: after, to: catalog)))
        after = catalog
      }
    case .updates:
      let tree = builder.schema.tree
      try await session.run { try DeltaTrial.run(file, of: tree, on: $0) }
    case .code:
      guard let code = tree.codeDeltas[file.recordedName] else { break }
      try await session.transaction { try code.create($0) }
    case .unknown, .cache: break
    }
    try await builder.completeAll(of: database, on: session)
    let catalog = try await session.run { try CatalogReader.read($0) }
    let rest = CatalogComparison.changes(from: after, to: catalog)
    if !rest.isEmpty {
      steps.append(.init(statement: file.path, position: SourcePosition(line: 1, column: 1), changes: rest))
    }
    return DeltaTrace(file: file, engine: session.engine, before: before, after: catalog, steps: steps)
  }

  private var tree: SchemaTree { builder.schema.tree }

  private func statements(_ file: SchemaFile, _ engine: Engine) throws -> [(String, SourcePosition)] {
    let script = try DeltaSQL.text(of: file, on: engine)
    do {
      return try StatementAnalyzer.effects(of: script, on: engine).map { ($0.statement, $0.position) }
    } catch let error as SQLError {
      throw GradusError(
        .deltaFailed, "cannot be parsed", file: file.path, position: error.position, cause: error)
    }
  }

  private func run(
    _ statement: String, _ position: SourcePosition, of file: SchemaFile, _ session: Session
  ) async throws -> Catalog {
    try await session.run { connection in
      do {
        try connection.executeScript(statement)
      } catch let failure as ScriptError {
        throw GradusError(
          .deltaFailed, "a statement fails on \(connection.engine)", file: file.path, position: position,
          statement: statement, hint: "mend the delta", cause: failure.error)
      }
      return try CatalogReader.read(connection)
    }
  }
}
