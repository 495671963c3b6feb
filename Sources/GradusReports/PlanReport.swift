import Foundation
package import Gradus
import GradusLint
package import GradusSQL
import GradusUpdates

/// A plan with what can be told of each step: statements, locks, rows and duration.
package struct PlanReport: Encodable, Sendable {
  package struct Statement: Encodable, Sendable {
    package var line: Int
    package var sql: String
    package var locks: [String]
    package var rows: Int?
  }

  package struct Step: Encodable, Sendable {
    package var kind: String
    package var step: String
    package var reason: String
    package var file: String?
    package var rows: Int?
    package var estimatedMs: Int?
    package var statements: [Statement]
    package var sql: String?
    /// The processes that the step would wait for.
    package var running: [RunningProcessReport] = []
  }

  /// The name in the configuration.
  package var name: String
  package var database: String
  /// For people.
  package var title: String
  package var engine: String
  package var version: Int?
  package var compatVersion: Int?
  package var targetVersion: Int
  package var targetCompatVersion: Int
  package var steps: [Step]
  package var warnings: [String]
  /// Why the database cannot be looked at; nil where it was.
  package var error: String?

  /// A guess where nothing has been measured: rows a millisecond that a scan or a backfill gets through.
  private static let guessedRowsPerMillisecond = (scan: 500, backfill: 20)

  package init(
    _ plan: Plan, _ database: PhysicalDatabase, _ context: ReportContext, _ session: Session,
    includeSQL: Bool
  ) async throws {
    name = database.name
    title = database.title
    self.database = database.driver.databaseName
    engine = database.driver.engine.description
    version = plan.version
    compatVersion = plan.compatVersion
    targetVersion = plan.target
    targetCompatVersion = plan.targetCompat
    warnings = plan.warnings
    steps = []
    var tables = KnownTables(
      existing: try await session.run { try CatalogTables.names($0) }, isNewDatabase: plan.version == nil)
    // The updates that earlier steps queue; those of a new database find no rows.
    var coming: Set<String> = []
    for step in plan.steps {
      steps.append(
        try await Self.describe(
          step, &tables, &warnings, coming, context.registry, session, includeSQL: includeSQL))
      if plan.version != nil { coming.formUnion(try Self.queued(by: step, context.schema.tree)) }
      guard case .raiseCompat(_, let compat) = step.action, plan.version != nil else { continue }
      steps[steps.count - 1].running = try await RunningProcessReport.read(
        database, on: session, below: compat)
    }
  }

  /// The updates that a step may put into the queue.
  private static func queued(by step: PlanStep, _ tree: SchemaTree) throws -> [String] {
    switch step.action {
    case .applyDelta(let file): try tree.queuedNames(file)
    case .purgeStale(let rule): rule.queuedUpdates
    default: []
    }
  }

  private static func describe(
    _ step: PlanStep, _ tables: inout KnownTables, _ warnings: inout [String], _ coming: Set<String>,
    _ registry: UpdateRegistry, _ session: Session, includeSQL: Bool
  ) async throws -> Step {
    var report = Step(kind: step.kind, step: "\(step)", reason: step.reason, statements: [])
    switch step.action {
    case .applyDelta(let file):
      report.file = file.path
      guard case .sql = file.kind else {
        if includeSQL { report.sql = try? file.text() }
        break
      }
      let script = try DeltaScript(file, engine: session.engine).sql
      if includeSQL { report.sql = script }
      do {
        report.statements = try await statements(script, &tables, session)
      } catch let error as ParserError {
        let place = error.cause.position.map { ":\($0.line):\($0.column)" } ?? ""
        warnings.append(
          "\(file.path)\(place): what its statements lock is not known, as the parser refuses it: \(error.cause.message)"
        )
      }
      let rows = report.statements.compactMap(\.rows).reduce(0, +)
      if rows > 0 {
        report.rows = rows
        report.estimatedMs = rows / guessedRowsPerMillisecond.scan
      }
    case .createSchema(_, let files):
      if includeSQL {
        report.sql = try files.map { "-- \($0.path)\n" + (try DeltaScript($0, engine: session.engine).sql) }
          .joined(separator: "\n")
      }
    case .completeUpdates(let names, _):
      let estimate = try await UpdateEstimate.remaining(
        names, coming: coming, registry: registry, on: session)
      report.rows = estimate.rows
      report.estimatedMs =
        estimate.milliseconds ?? estimate.rows.map { $0 / guessedRowsPerMillisecond.backfill }
    case .installGuards(let migration):
      let script = GuardScript(installing: migration, on: session.engine)
      report.statements = statements(script, isRemoved: false, on: session.engine)
      if includeSQL { report.sql = script.sql }
    case .removeGuards(let migration):
      report.statements = try await session.run { connection in
        statements(
          try GuardScript(removing: migration, on: connection), isRemoved: true, on: connection.engine)
      }
    case .createBookkeeping, .raiseCompat, .recordVersion, .purgeStale, .forgetWatermarks, .certify: break
    }
    return report
  }

  /// What the parser, which is of one version of PostgreSQL, refuses, a later server may take.
  private struct ParserError: Error {
    var cause: SQLError
  }

  /// - Throws: `ParserError`; `SQLError` of the database.
  private static func statements(
    _ script: String, _ tables: inout KnownTables, _ session: Session
  ) async throws -> [Statement] {
    let analyzed: [AnalyzedStatement]
    do {
      analyzed =
        switch session.engine {
        case .postgres: try StatementAnalyzer.postgresStatements(of: script)
        case .sqlite:
          try StatementAnalyzer.effects(of: script, on: .sqlite).map {
            AnalyzedStatement(effect: $0, actions: [])
          }
        }
    } catch let error as SQLError {
      throw ParserError(cause: error)
    }
    var found: [(effect: StatementEffect, locks: [String])] = []
    for statement in analyzed {
      found.append((statement.effect, statement.effect.locks.map { text(of: $0, tables) }))
      statement.actions.forEach { tables.follow($0) }
    }
    let (statements, existing) = (found, tables.existing)
    return try await session.run { connection in
      try statements.map { effect, locks in
        let touched = effect.scans ? mentioned(effect, among: existing) : []
        let rows = try touched.compactMap { try TableStatistics.estimatedRows(of: $0, on: connection) }
          .reduce(0, +)
        return Statement(
          line: effect.position.line, sql: SQLError.shortened(effect.statement), locks: locks,
          rows: rows > 0 ? rows : nil)
      }
    }
  }

  private static func text(of lock: StatementEffect.Lock, _ tables: KnownTables) -> String {
    if let index = lock.index { return "\(lock.mode) on the table of \(index), blocks \(lock.blocks)" }
    guard let table = lock.table else { return "\(lock.mode), blocks \(lock.blocks)" }
    return "\(lock.mode) on \(table), blocks \(tables.isNew(table) ? "nobody: it is new" : lock.blocks)"
  }

  /// The existing tables that a statement names.
  private static func mentioned(_ effect: StatementEffect, among tables: Set<String>) -> [String] {
    let words = effect.statement.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    return Array(Set(words).intersection(tables))
  }

  package enum CodingKeys: String, CodingKey {
    case name, database, engine, version, steps, warnings, error
    case compatVersion = "compat_version"
    case targetVersion = "target_version"
    case targetCompatVersion = "target_compat_version"
  }
}

extension PlanReport.Step {
  package enum CodingKeys: String, CodingKey {
    case kind, step, reason, file, rows, statements, sql, running
    case estimatedMs = "estimated_ms"
  }
}
