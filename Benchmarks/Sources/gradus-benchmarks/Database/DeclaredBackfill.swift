import Gradus
import GradusSQL
import GradusUpdates
import Logging

/// A declared backfill of `Items`, and how to run it by the runner.
struct DeclaredBackfill: Sendable {
  var key = ["id"]
  /// The statement, with `{range}`.
  var sql: String
  /// The rows that must not be left when it is complete; nil for no such check.
  var condition: String?

  /// What a run came to.
  struct Run: Sendable {
    var seconds: Double
    var processorSeconds: Double
    var batches: Int
    /// The largest batch, in rows to look at.
    var largest: Int
  }

  private static let name = "benchmark"

  private var declaration: UpdateDeclaration {
    UpdateDeclaration(
      name: Self.name,
      kind: .backfill(.init(table: "items", key: key, condition: condition, sql: .init(sql))))
  }

  /// Options without pauses and without a look at the database's health, both of which wait by intent.
  static func options(_ batches: BatchOptions) -> UpdateOptions {
    UpdateOptions(batches: batches, health: .off)
  }

  static let quiet = UpdateRunner.Environment(
    logger: Logger(label: "gradus.benchmarks") { _ in SwiftLogNoOpLogHandler() })

  /// Queues the backfill.
  func queue(_ driver: any Driver) async throws { try await Queue.add(Self.name, driver) }

  /// Runs the queued backfill to its end.
  func run(_ driver: any Driver, _ batches: BatchOptions, workers: Int? = nil) async throws -> Run {
    let registry = UpdateRegistry(declarations: [declaration])
    let database = PhysicalDatabase(driver: driver)
    let sizes = Largest()
    let report: @Sendable (UpdateEvent) -> Void = { event in
      if case .batch(_, let batch) = event { sizes.note(batch.size) }
    }
    let summary: UpdateRunner.Summary
    let session = try await Session.open(driver)
    let watch = Stopwatch()
    if let workers {
      summary = try await WorkerPool(
        database: database, registry: registry, options: Self.options(batches), environment: Self.quiet,
        workers: workers, report: report
      ).run()
    } else {
      summary = try await UpdateRunner(
        session: session, database: database, registry: registry, options: Self.options(batches),
        environment: Self.quiet, report: report
      ).run()
    }
    let (seconds, processorSeconds) = (watch.seconds, watch.processorSeconds)
    let certificate = try await session.run { try UpdateCertificate.read(Self.name, on: $0) }
    guard summary.completed == [Self.name], let certificate else {
      throw BenchmarkError("the backfill is not complete: \(summary.waiting)")
    }
    return Run(
      seconds: seconds, processorSeconds: processorSeconds, batches: certificate.batches, largest: sizes.value
    )
  }
}
