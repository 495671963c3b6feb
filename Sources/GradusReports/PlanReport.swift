import Foundation
package import Gradus
import GradusLint
package import GradusSQL
package import GradusUpdates

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

  package var database: String
  package var engine: String
  package var version: Int?
  package var compatVersion: Int?
  package var targetVersion: Int
  package var targetCompatVersion: Int
  package var steps: [Step]
  package var warnings: [String]

  /// A guess where nothing has been measured: rows a millisecond that a scan or a backfill gets through.
  private static let guessedRowsPerMillisecond = (scan: 500, backfill: 20)

  package init(
    _ plan: Plan, _ database: PhysicalDatabase, _ registry: UpdateRegistry, _ session: Session,
    includeSQL: Bool
  ) async throws {
    self.database = database.driver.databaseName
    engine = database.driver.engine.description
    version = plan.version
    compatVersion = plan.compatVersion
    targetVersion = plan.target
    targetCompatVersion = plan.targetCompat
    warnings = plan.warnings
    steps = []
    let tables = try await session.run { try CatalogTables.names($0) }
    for step in plan.steps {
      steps.append(try await Self.describe(step, plan, tables, registry, session, includeSQL: includeSQL))
      guard case .raiseCompat(_, let compat) = step.action, plan.version != nil else { continue }
      steps[steps.count - 1].running = try await RunningProcessReport.read(
        database, on: session, below: compat)
    }
  }

  private static func describe(
    _ step: PlanStep, _ plan: Plan, _ tables: Set<String>, _ registry: UpdateRegistry, _ session: Session,
    includeSQL: Bool
  ) async throws -> Step {
    var report = Step(kind: step.kind, step: "\(step)", reason: step.reason, statements: [])
    switch step.action {
    case .applyDelta(let file):
      report.file = file.path
      guard case .sql = file.kind else {
        if includeSQL { report.sql = try? file.text() }
        break
      }
      let script = try DeltaSQL.text(of: file, on: session.engine)
      if includeSQL { report.sql = script }
      report.statements = try await statements(script, file, tables, session)
      let rows = report.statements.compactMap(\.rows).reduce(0, +)
      if rows > 0 {
        report.rows = rows
        report.estimatedMs = rows / guessedRowsPerMillisecond.scan
      }
    case .createSchema(_, let files):
      if includeSQL {
        report.sql = try files.map { "-- \($0.path)\n" + (try DeltaSQL.text(of: $0, on: session.engine)) }
          .joined(separator: "\n")
      }
    case .completeUpdates(let names, _):
      let estimate = try await UpdateEstimate.remaining(names, registry: registry, on: session)
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

  private static func statements(
    _ script: String, _ file: SchemaFile, _ tables: Set<String>, _ session: Session
  ) async throws -> [Statement] {
    let effects: [StatementEffect]
    do {
      effects = try StatementAnalyzer.effects(of: script, on: session.engine)
    } catch let error as SQLError {
      throw GradusError(
        .deltaFailed, "cannot be parsed", file: file.path, position: error.position,
        hint: "mend the delta; nothing was changed", cause: error)
    }
    return try await session.run { connection in
      try effects.map { effect in
        let touched = effect.scans ? mentioned(effect, among: tables) : []
        let rows = try touched.compactMap { try TableStatistics.estimatedRows(of: $0, on: connection) }
          .reduce(0, +)
        return Statement(
          line: effect.position.line, sql: SQLError.shortened(effect.statement),
          locks: effect.locks.map { lock in
            let isNew = lock.table.map { !tables.contains($0) } ?? false
            let name = lock.table.map { "\(lock.mode) on \($0)" } ?? lock.mode
            return "\(name), blocks \(isNew ? "nobody: it is new" : lock.blocks)"
          }, rows: rows > 0 ? rows : nil)
      }
    }
  }

  /// The existing tables that a statement names.
  private static func mentioned(_ effect: StatementEffect, among tables: Set<String>) -> [String] {
    let words = effect.statement.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    return Array(Set(words).intersection(tables))
  }

  package enum CodingKeys: String, CodingKey {
    case database, engine, version, steps, warnings
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
