import Gradus
public import GradusSQL
import GradusTestSupport
public import GradusUpdates

/// Puts an application's background update on trial: it is killed at every statement and run again, its batches are made
/// small and large, and it is queued a second time. Whatever happens, the tables must end as those of a run that nobody
/// disturbed.
///
///     let trial = UpdateTrial("fill_totals", registry: registry) { connection in
///       try connection.executeScript(schemaWithRows)
///     }
///     let report = try await trial.run(on: .sqlite)
///     #expect(report.isSafe, "\(report)")
public struct UpdateTrial: Sendable {
  private let rows: [AdminJobRow]
  private let registry: UpdateRegistry
  private let batchSizes: [Int]
  private let crashes: Int
  private let prepare: @Sendable (Connection) throws -> Void

  /// - Parameters:
  ///   - name: the update.
  ///   - registry: knows it, and what it depends on.
  ///   - batchSizes: in rows; 1 shows whether it always advances.
  ///   - crashes: at how many statements at most a run is killed, for each batch size; spread over the run.
  ///   - prepare: makes tables and rows, in a transaction; the same each time. The update is queued after it.
  public init(
    _ name: String, registry: UpdateRegistry, batchSizes: [Int] = [1, 7, 1000], crashes: Int = 200,
    prepare: @escaping @Sendable (Connection) throws -> Void
  ) {
    self.init(
      [AdminJobRow(name)], registry: registry, batchSizes: batchSizes, crashes: crashes, prepare: prepare)
  }

  /// Puts a job of several updates on trial.
  ///
  /// - Parameters:
  ///   - rows: what the job queues.
  ///   - registry: knows the updates.
  ///   - batchSizes: in rows; 1 shows whether each always advances.
  ///   - crashes: at how many statements at most a run is killed, for each batch size; spread over the run.
  ///   - prepare: makes tables and rows, in a transaction; the same each time. The job is queued after it.
  public init(
    _ rows: [AdminJobRow], registry: UpdateRegistry, batchSizes: [Int] = [1, 7, 1000], crashes: Int = 200,
    prepare: @escaping @Sendable (Connection) throws -> Void
  ) {
    precondition(crashes > 0, "a trial kills runs")
    precondition(!rows.isEmpty && !batchSizes.isEmpty, "a trial of nothing finds nothing")
    self.rows = rows
    self.registry = registry
    self.batchSizes = batchSizes
    self.crashes = crashes
    self.prepare = prepare
  }

  /// What the trial found.
  public struct Report: Sendable, CustomStringConvertible {
    /// How many runs were killed.
    public var kills = 0
    /// What was found wrong; empty where the update is safe.
    public var findings: [String] = []

    /// Whether nothing was found wrong.
    public var isSafe: Bool { findings.isEmpty }

    /// One line, and one for each finding.
    public var description: String {
      ([isSafe ? "safe: \(kills) runs were killed" : "not safe:"] + findings).joined(separator: "\n  ")
    }
  }

  /// Holds the trial; each run has a database of its own.
  ///
  /// - Parameter engine: one of `TestDatabase.availableEngines`.
  /// - Throws: `SQLError` where no database can be made.
  public func run(on engine: Engine) async throws -> Report {
    var report = Report()
    var expected: TableContents?
    for size in batchSizes {
      let (contents, statements, failure) = try await undisturbed(engine, size)
      if let failure {
        report.findings.append("batches of \(size): \(failure)")
        continue
      }
      if let expected {
        report.add("batches of \(size) give other rows than those of \(batchSizes[0])", expected, contents)
      }
      expected = expected ?? contents
      // Rounded up: more kills than asked for there are not.
      let step = max(1, (statements + crashes - 1) / crashes)
      for crash in stride(from: 1, through: statements, by: step) {
        let contents = try await killed(engine, size, at: crash)
        report.kills += 1
        report.add("batches of \(size), killed at statement \(crash)", expected!, contents)
        // One history is enough to look for the cause.
        if !report.isSafe { return report }
      }
    }
    return report
  }

  /// A run to the end, and another where the update is queued again: that must change nothing.
  private func undisturbed(_ engine: Engine, _ size: Int) async throws
    -> (TableContents, statements: Int, failure: String?)
  {
    try await TestDatabase.withDatabase(engine) { place in
      try await queue(place, preparing: true)
      let crash = CrashSwitch()
      if let failure = try await complete(place, size, crash) {
        return (TableContents(lines: [:]), 0, failure)
      }
      let statements = crash.statements
      let first = try await contents(place)
      try await queue(place, preparing: false)
      if let failure = try await complete(place, size, CrashSwitch()) {
        return (first, 0, "queued again: \(failure)")
      }
      let differences = first.differences(try await contents(place))
      return (
        first, statements,
        differences.isEmpty
          ? nil : "queued again, it changes rows:\n    " + differences.joined(separator: "\n    ")
      )
    }
  }

  private func killed(_ engine: Engine, _ size: Int, at statement: Int) async throws -> TableContents {
    try await TestDatabase.withDatabase(engine) { place in
      try await queue(place, preparing: true)
      let crash = CrashSwitch()
      crash.arm(at: statement)
      _ = try? await complete(place, size, crash)
      if let failure = try await complete(place, size, CrashSwitch()) {
        return TableContents(lines: ["after the crash": [failure]])
      }
      return try await contents(place)
    }
  }

  private func queue(_ place: TestDatabase, preparing: Bool) async throws {
    let session = try await place.open()
    try await session.run { try BookkeepingTables.ensure($0) }
    try await session.transaction { connection in
      if preparing { try prepare(connection) }
      for row in rows {
        try connection.execute(
          """
          INSERT INTO background_updates (update_name, progress_json, depends_on) VALUES ($1, $2, $3)
          ON CONFLICT DO NOTHING
          """, [.text(row.name), .text(row.progress), .text(row.dependsOn)])
      }
    }
  }

  /// - Returns: why it did not complete; nil where it did.
  private func complete(_ place: TestDatabase, _ size: Int, _ crash: CrashSwitch) async throws -> String? {
    let session = try await Session.open(CrashingDriver(place.driver, crash))
    let options = UpdateOptions(
      batches: BatchOptions(pause: .zero, defaultBatchSize: size, maxBatchSize: size, attempts: 1),
      health: .off)
    let environment = UpdateRunner.Environment(logger: .silent)
    let summary = try await UpdateRunner(
      session: session, registry: registry, options: options, environment: environment
    ).run(Set(rows.map(\.name)))
    return summary.waiting.sorted { $0.key < $1.key }.first.map { "\($0.key): \($0.value)" }
  }

  private func contents(_ place: TestDatabase) async throws -> TableContents {
    try await place.open().transaction(.read) { try TableContents.read($0) }
  }
}

extension UpdateTrial.Report {
  fileprivate mutating func add(_ what: String, _ expected: TableContents, _ found: TableContents) {
    let differences = expected.differences(found)
    if !differences.isEmpty { findings.append(what + ":\n    " + differences.joined(separator: "\n    ")) }
  }
}
