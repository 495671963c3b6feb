import Foundation
import Gradus
import GradusCommand
import GradusSQL
import GradusUpdates
import HomeserverSchema

/// The demo's story, step by step, on one database.
struct Demo {
  private let sample: SampleDatabase
  private let database: PhysicalDatabase
  private let context: CommandContext
  private let printer = ProgressPrinter(.text)

  init(sample: SampleDatabase, database: PhysicalDatabase, context: CommandContext) {
    self.sample = sample
    self.database = database
    self.context = context
  }

  /// - Returns: whether every derived row was right, each time that it was looked at.
  func run() async throws -> Bool {
    let session = try await Session.open(database.driver)
    var log = DemoLog(printer: printer)
    printer.line("Gradus demo on \(session.engine): \(session.databaseName)\n")

    try await log.step("new database, version 86 (N)") { try await migrate(to: 86, session) }
    try await log.step("sample data") {
      try await sample.fill(session)
      return "\(Text.count(sample.rooms)) rooms, \(Text.count(sample.memberships)) memberships, "
        + "\(Text.count(try await count("events", session))) events"
    }
    try await log.step("plan 86 -> 87") {
      let plan = try await migrator(to: 87).plan(on: session)
      for (index, step) in plan.steps.enumerated() { printer.line("  \(index + 1). \(step): \(step.reason)") }
      return "\(plan.steps.count) steps"
    }
    try await log.step("upgrade to 87 (N+1)") { try await migrate(to: 87, session) }
    try await log.step("updates, while version 87 writes") { try await updateWhileServing(session) }
    try await log.check("derived rows, all there") { try await verify(.complete, session) }

    try await log.step("rollback to 86, which writes") {
      _ = try await migrator(to: 86).migrate(on: session)
      try await traffic(.v86, 300, session)
      let stale = try await report(.existingRowsAreRight, session).differenceCount
      return "300 writes, \(Text.count(stale)) values of derived rows now stale"
    }
    try await log.step("upgrade to 87 again: purge") { try await migrate(to: 87, session) }
    try await log.check("derived rows that are there") { try await verify(.existingRowsAreRight, session) }
    try await log.step("catch-up") { try await update(session) }
    try await log.check("derived rows, all there") { try await verify(.complete, session) }

    try await log.step("once more to 86, which writes") {
      _ = try await migrator(to: 86).migrate(on: session)
      try await traffic(.v86, 300, session)
      return "300 writes"
    }
    try await log.step("upgrade to 88 (N+2), completing") { try await migrate(to: 88, session) }
    try await log.step("version 86 again") { try await refusal(session) }
    try await log.step("version 88 writes, and reads rows only") {
      try await traffic(.v88, 300, session)
      return "300 writes, \(Text.count(try await readRoomLists(session))) rooms of 100 users listed"
    }
    try await log.check("every derived row against scratch") { try await verify(.complete, session) }
    Terminal.result(log.table)
    return log.isRight
  }

  // MARK: Steps

  private func migrator(to version: Int) throws -> DatabaseMigrator {
    DatabaseMigrator(
      schema: try context.schema.acting(as: version), database: database,
      completer: context.foregroundRunner(version: version),
      report: printer.show)
  }

  private func migrate(to version: Int, _ session: Session) async throws -> String {
    let plan = try await migrator(to: version).migrate(on: session)
    let queued = try await count("background_updates", session)
    return "\(plan.steps.count) steps" + (queued > 0 ? ", \(queued) updates queued" : "")
  }

  private func update(_ session: Session) async throws -> String {
    let runner = UpdateRunner(
      session: session, registry: context.registry,
      options: UpdateOptions(batches: BatchOptions(pause: .zero)),
      environment: context.environment(version: 87), report: printer.show)
    let summary = try await runner.run()
    guard summary.waiting.isEmpty else {
      throw GradusError(.updatesPending, "updates remain: \(summary.waiting.sorted { $0.key < $1.key })")
    }
    return "\(summary.completed.count) updates complete"
  }

  private func updateWhileServing(_ session: Session) async throws -> String {
    let server = try await Session.open(database.driver)
    async let serving: Void = traffic(.v87, 200, server)
    let result = try await update(session)
    try await serving
    return "\(result), 200 writes beside them"
  }

  private func traffic(_ version: HomeserverWriter.Version, _ writes: Int, _ session: Session) async throws {
    let seed = sample.seed &+ UInt64(version.rawValue) &+ UInt64(try await count("events", session))
    try await DemoTraffic(version: version, serverName: sample.serverName, seed: seed).write(
      writes, on: session)
  }

  /// What the compat version is for.
  private func refusal(_ session: Session) async throws -> String {
    do {
      _ = try await migrator(to: 86).migrate(on: session)
    } catch let error as GradusError where error.code == .databaseTooNew {
      return "refused, as it must be: \(error.message)"
    }
    throw GradusError(.databaseTooNew, "version 86 was let into a database of compat version 87")
  }

  private func readRoomLists(_ session: Session) async throws -> Int {
    let writer = HomeserverWriter(.v88, serverName: sample.serverName)
    return try await session.transaction(.read) { connection in
      try connection.query(
        "SELECT DISTINCT user_id FROM sliding_sync_membership_snapshots ORDER BY user_id LIMIT 100"
      ).reduce(0) { try $0 + writer.readRoomList(connection, user: try $1.text(0)).count }
    }
  }

  private func report(_ mode: DerivedRowsVerifier.Mode, _ session: Session) async throws -> VerificationReport
  {
    try await session.transaction(.read) { try DerivedRowsVerifier(mode).verify($0) }
  }

  private func verify(_ mode: DerivedRowsVerifier.Mode, _ session: Session) async throws -> (Bool, String) {
    let report = try await report(mode, session)
    if !report.isRight { printer.line("\(report)") }
    let missing = report.missingCount > 0 ? ", \(Text.count(report.missingCount)) left to the fallback" : ""
    return (
      report.isRight,
      report.isRight
        ? "\(Text.count(report.rowsCompared)) rows right\(missing)"
        : "WRONG: \(report.differenceCount) differences, \(report.missingCount) missing, \(report.surplusCount) surplus"
    )
  }

  private func count(_ table: String, _ session: Session) async throws -> Int {
    try await session.run { Int(try $0.queryRow("SELECT count(*) FROM \(table)")?.integer(0) ?? 0) }
  }
}
