import Gradus
import GradusCatalog
import GradusLint
import GradusSQL
import GradusUpdates

/// Applies the deltas of a version to a scratch database of the version before, and notes what each statement changes.
struct DeltaTracer: Sendable {
  private let builder: SchemaBuilder

  init(_ builder: SchemaBuilder) { self.builder = builder }

  /// The traces of a version's deltas, in the order in which they are applied, up to one that fails.
  ///
  /// - Parameters:
  ///   - version: the version.
  ///   - base: the version before, whose schema admitted processes know.
  ///   - engine: the engine.
  /// - Throws: `GradusError` where a file cannot be read or an update fails.
  func traces(of version: Int, from base: Int, on engine: Engine) async throws -> [DeltaTrace] {
    let tree = builder.schema.tree
    let files = try tree.deltas(of: version, in: tree.databases).filter { $0.applies(to: engine) }
    return try await builder.withScratch(of: base, on: engine) { session, database in
      var traces: [DeltaTrace] = []
      var catalog = try await session.run { try CatalogReader.read($0) }
      var known = KnownSchema(catalog, on: engine)
      for file in files {
        let trace = try await trace(file, from: catalog, known, session, database)
        catalog = trace.after
        known.follow(trace)
        traces.append(trace)
        if trace.failure?.isApplied == false { break }
      }
      return traces
    }
  }

  private func trace(
    _ file: SchemaFile, from before: Catalog, _ known: KnownSchema, _ session: Session,
    _ database: PhysicalDatabase
  ) async throws -> DeltaTrace {
    var trace = DeltaTrace(
      file: file, engine: session.engine, before: before, after: before, known: known, steps: [])
    do {
      switch file.kind {
      case .sql: try await run(&trace, on: session)
      case .updates:
        try await session.run { [tree] in try DeltaTrial.run(file, of: tree, on: $0) }
      case .code:
        guard let code = tree.codeDeltas[file.recordedName] else { break }
        try await session.transaction { try code.create($0) }
      case .unknown, .cache: break
      }
      guard trace.failure?.isApplied ?? true else { return trace }
      try await builder.completeAll(of: database, on: session)
    } catch let error as SQLError {
      trace.failure = .init(start: Self.start, position: Self.start, error: error)
      return trace
    } catch var error as GradusError {
      error.file = error.file ?? file.path
      throw error
    }
    let catalog = try await session.run { try CatalogReader.read($0) }.spelled(like: trace.after)
    let rest = CatalogComparison.changes(from: trace.after, to: catalog)
    if !rest.isEmpty {
      trace.steps.append(
        .init(statement: file.path, position: Self.start, changes: rest, after: catalog))
    }
    trace.after = catalog
    trace.satisfiedChecks = try await session.run { [trace] in try CheckTrial.satisfied(by: trace, on: $0) }
    return trace
  }

  private static let start = SourcePosition(line: 1, column: 1)

  private var tree: SchemaTree { builder.schema.tree }

  private func run(_ trace: inout DeltaTrace, on session: Session) async throws {
    let delta = try DeltaScript(trace.file, engine: session.engine)
    let script = delta.sql
    trace.isInTransaction = !delta.runsOutsideTransaction
    let statements: [AnalyzedStatement]
    do {
      statements = try StatementReader.statements(of: script, on: session.engine)
    } catch let error as SQLError {
      // The server may know more than the parser, which is of one version: then later deltas can be judged still.
      let position = error.position ?? Self.start
      trace.failure = .init(start: Self.start, position: position, error: error, isApplied: true)
      statements = [AnalyzedStatement(whole: script)]
    }
    let (isInTransaction, before) = (trace.isInTransaction, trace.before)
    let mayChangeSettings = delta.mayChangeSettings
    let tracer = try await session.run { connection in
      var tracer = try StatementTracer(connection, from: before, mayChangeSettings: mayChangeSettings)
      try SessionSettings.keeping(connection, where: mayChangeSettings) {
        try tracer.run(statements, inTransaction: isInTransaction)
      }
      return (steps: tracer.steps, failure: tracer.failure, catalog: tracer.catalog)
    }
    trace.steps = tracer.steps
    trace.failure = tracer.failure ?? trace.failure
    trace.after = tracer.catalog
  }
}
