import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import ProgramTestSupport
import Synchronization

/// A database from nothing to the newest version, within this process: migrations, batches in the background, a
/// foreground completion with its purges, an index build. Run again it goes on where it was.
struct Life: Sendable {
  /// Told how often something has happened so far: a step begun, a batch done.
  var moment: @Sendable (Int) -> Void = { _ in }
  /// Batches of a few rows, as many on a slow machine as on a quick one.
  var options = UpdateOptions(
    batches: BatchOptions(
      targetDuration: .milliseconds(10), pause: .zero, defaultBatchSize: 20, minBatchSize: 20,
      maxBatchSize: 20),
    health: .off)
  /// Its files are read when they are needed.
  private let tree: TemporarySchema
  private let definitions: [SchemaDefinition]

  /// What remains of a run that ended without an error.
  struct Unfinished: Error, CustomStringConvertible {
    var reasons: [String: String]
    var description: String {
      reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
    }
  }

  /// - Parameter tree: of three versions, with the update `touch_orders`.
  init(_ tree: TemporarySchema) throws {
    self.tree = tree
    definitions = try (1...3).map { try tree.definition(to: $0) }
  }

  /// Small, so that it can be lived often.
  static func short() throws -> Life {
    try Life(.manyDeltas(customers: 40, orders: 160, deltas: 2))
  }

  /// - Throws: `GradusError`, `SQLError`; `Unfinished`.
  func run(_ driver: any Driver, migration: DatabaseMigrator.Options = .init()) async throws {
    let database = PhysicalDatabase(driver: driver)
    let (count, moment, options) = (Moments(), moment, options)
    @Sendable func pass() { moment(count.next()) }
    for definition in definitions {
      let session = try await Session.open(driver)
      // Run again it does not begin with an older version, as nobody rolls back here.
      let found = try await session.run { try DatabaseStateReader(rules: []).read($0) }
      if let found = found.version, found.number > definition.ledger.version { continue }
      let registry = UpdateRegistry(declarations: Array(definition.tree.declarations.values))
      let migrator = DatabaseMigrator(
        schema: definition, database: database, options: migration,
        // One worker, so that each life goes the same way.
        completer: ForegroundRunner(registry: registry, options: options, workers: 1)
      ) { event in
        switch event {
        case .stepStarted, .update: pass()
        default: break
        }
      }
      try await migrator.migrate(on: session)
      guard definition.ledger.version > 1 else { continue }
      let pool = WorkerPool(database: database, registry: registry, options: options) { event in
        if case .batch = event { pass() }
      }
      // Of the first migration's updates one is left to be completed in the foreground.
      let summary = try await pool.run(definition.ledger.version == 2 ? ["touch_orders"] : nil)
      guard summary.waiting.isEmpty else { throw Unfinished(reasons: summary.waiting) }
    }
  }

  /// What it comes to. A start that finds a half-filled table of which no newer row was written looks at its source
  /// again, and remembers that it did: this record alone depends on disturbances.
  static func result(_ database: TestDatabase) async throws -> [String] {
    try await DatabaseDump.lines(database, withCircumstances: false).filter {
      !$0.hasPrefix("gradus_watermarks:")
    }
  }

  /// What an undisturbed one comes to, on a database of its own.
  func expected(_ engine: Engine) async throws -> [String] {
    try await TestDatabase.withDatabase(engine) { database in
      try await run(database.driver)
      let orders = try await database.values("SELECT DISTINCT touched FROM orders")
      guard orders == [1] else {
        throw ProgramFailure(message: "an undisturbed life touches each order once: \(orders)")
      }
      return try await Self.result(database)
    }
  }
}

/// Counts from any thread.
final class Moments: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}
