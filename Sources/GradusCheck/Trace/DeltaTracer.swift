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
    try await builder.withScratch(of: base, on: engine, timeZone: Self.timeZone) { session, database in
      try await traces(of: version, session, database)
    }
  }

  /// The traces, and what the same deltas do to rows: nil where a migration would refuse one.
  ///
  /// - Throws: as `traces`; what becomes of the rows is a result of its own.
  func tracesAndRows(
    of version: Int, from base: Int, on engine: Engine
  ) async throws -> (traces: [DeltaTrace], rows: Result<CheckResult, any Error>?) {
    try await builder.withTwins(of: base, on: engine, timeZone: Self.timeZone) {
      session, database, other, otherDatabase in
      let traces = try await traces(of: version, session, database)
      guard !traces.contains(where: \.isRefused) else { return (traces, nil) }
      do {
        let rows = try await RowRules(builder: builder).check(
          version, from: base, traces, other, otherDatabase)
        return (traces, .success(rows))
      } catch {
        return (traces, .failure(error))
      }
    }
  }

  private func traces(
    of version: Int, _ session: Session, _ database: PhysicalDatabase
  ) async throws -> [DeltaTrace] {
    let files = try tree.deltas(of: version, in: tree.databases).filter { $0.applies(to: session.engine) }
    var traces: [DeltaTrace] = []
    var catalog = try await session.run { try CatalogReader.read($0) }
    var known = KnownSchema(catalog, on: session.engine)
    for file in files {
      let trace = try await trace(file, from: catalog, known, session, database)
      catalog = trace.after
      known.follow(trace)
      traces.append(trace)
      if trace.failure?.isApplied == false { break }
    }
    return traces
  }

  private func trace(
    _ file: SchemaFile, from before: Catalog, _ known: KnownSchema, _ session: Session,
    _ database: PhysicalDatabase
  ) async throws -> DeltaTrace {
    var trace = DeltaTrace(
      file: file, engine: session.engine, before: before, after: before, known: known, steps: [])
    // Behind each of PostgreSQL's statements the schema has been read, which takes longer there than most statements do.
    let isTraced = if case .sql = file.kind { session.engine == .postgres } else { false }
    let hasMoreChanges: Bool
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
      hasMoreChanges = try await builder.completeAll(of: database, on: session) || !isTraced
    } catch let error as SQLError {
      trace.failure = .init(start: Self.start, position: Self.start, error: error)
      return trace
    } catch var error as GradusError {
      error.file = error.file ?? file.path
      error.position = error.position ?? (error.file == file.path ? place(of: error, in: trace) : nil)
      throw error
    }
    if hasMoreChanges {
      let catalog = try await session.run { try CatalogReader.read($0) }.spelled(like: trace.after)
        .sharing(trace.after)
      trace.steps += try steps(
        CatalogComparison.changes(from: trace.after, to: catalog), of: trace, after: catalog)
      trace.after = catalog
    }
    trace.satisfiedChecks = try await session.run { [trace] in try CheckTrial.satisfied(by: trace, on: $0) }
    return trace
  }

  /// Changes that no statement makes, by the declarations that make them; what is in Swift has none.
  private func steps(
    _ changes: [CatalogChange], of trace: DeltaTrace, after catalog: Catalog
  ) throws -> [DeltaTrace.Step] {
    let declared =
      try trace.file.kind == .updates
      ? DeclaredChanges(declarations(of: trace), in: DeltaText(trace.file)) : nil
    let places = Dictionary(grouping: changes) { declared?.position(of: $0) ?? Self.start }
    return places.sorted { ($0.key.line, $0.key.column) < ($1.key.line, $1.key.column) }.map {
      place, changes in
      DeltaTrace.Step(statement: trace.file.path, position: place, changes: changes, after: catalog)
    }
  }

  /// Where an updates file declares the update that an error is about: the first that it names, or the only one.
  private func place(of error: GradusError, in trace: DeltaTrace) -> SourcePosition? {
    let names = declarations(of: trace).map(\.name)
    guard
      let name = names.first(where: { error.message.contains(" \($0): ") })
        ?? (names.count == 1 ? names[0] : nil)
    else { return nil }
    return try? DeltaText(trace.file).position(ofUpdate: name)
  }

  /// What an updates file declares for the engine, in the order of the queue.
  private func declarations(of trace: DeltaTrace) -> [UpdateDeclaration] {
    tree.declarations.values.filter { $0.file == trace.file.path && $0.engines.contains(trace.engine) }
      .sorted { ($0.ordering, $0.name) < ($1.ordering, $1.name) }
  }

  private static let start = SourcePosition(line: 1, column: 1)

  /// One with summer time, for which a server needs no list of zones. In UTC alone PostgreSQL takes timestamps without a
  /// zone for ones with it as they stand: a server of another zone writes the table anew.
  private static let timeZone = "CET-1CEST,M3.5.0,M10.5.0/3"

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
