import Gradus
import GradusSQL
import GradusSimulation
import GradusTestSupport
import GradusUpdates
import Testing

/// Totals of orders, filled in some ways that look right.
private enum Totals {
  static func prepare(_ connection: Connection) throws {
    try connection.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, customer BIGINT NOT NULL)")
    try connection.execute("CREATE TABLE totals (customer BIGINT PRIMARY KEY, orders BIGINT NOT NULL)")
    for id in 1...23 {
      try connection.execute(
        "INSERT INTO orders VALUES ($1, $2)", [.integer(Int64(id)), .integer(Int64(id % 5))])
    }
  }

  struct Progress: UpdateProgress, Codable { var last: Int64? }

  static func page(_ progress: Progress, _ size: Int, _ connection: Connection) throws -> [Int64] {
    try connection.query(
      "SELECT DISTINCT customer FROM orders WHERE customer > $1 ORDER BY customer LIMIT $2",
      [.integer(progress.last ?? -1), SQLValue(size)]
    ).map { try $0.integer(0) }
  }

  static let count = "(SELECT count(*) FROM orders o WHERE o.customer = $1)"
}

/// Fills them page by page.
private struct Filling: UpdateHandler {
  let name = "totals"
  /// What becomes of a total that is there.
  let onConflict: String

  func runBatch(_ progress: Totals.Progress, size: Int, on connection: Connection) throws
    -> BatchResult<Totals.Progress>
  {
    let customers = try Totals.page(progress, size, connection)
    for customer in customers {
      try connection.execute(
        "INSERT INTO totals VALUES ($1, \(Totals.count)) ON CONFLICT (customer) DO UPDATE SET orders = \(onConflict)",
        [.integer(customer)])
    }
    let next = customers.last.map { Totals.Progress(last: $0) }
    return BatchResult(next: next, scanned: customers.count, written: customers.count)
  }

  static let right = Filling(onConflict: "excluded.orders")
  /// Adds to what is there, so that a second run doubles it.
  static let adding = Filling(onConflict: "totals.orders + excluded.orders")
}

/// Leaves out a customer at the edge of each page.
private struct Skipping: UpdateHandler {
  let name = "totals"

  func runBatch(_ progress: Totals.Progress, size: Int, on connection: Connection) throws -> BatchResult<
    Totals.Progress
  > {
    let result = try Filling.right.runBatch(progress, size: size, on: connection)
    return BatchResult(
      next: result.next?.last.map { Totals.Progress(last: $0 + 1) }, scanned: result.scanned,
      written: result.written)
  }
}

/// Commits what it wrote by itself, apart from its progress.
private struct Committing: UpdateHandler {
  let name = "totals"

  func runBatch(_ progress: Totals.Progress, size: Int, on connection: Connection) throws -> BatchResult<
    Totals.Progress
  > {
    let result = try Filling.adding.runBatch(progress, size: size, on: connection)
    try connection.execute("COMMIT")
    try connection.execute("BEGIN")
    return result
  }
}

/// Does not move where a page holds nothing to do.
private struct Standing: UpdateHandler {
  let name = "totals"

  func runBatch(_ progress: Totals.Progress, size: Int, on connection: Connection) throws -> BatchResult<
    Totals.Progress
  > {
    BatchResult(next: progress, scanned: size, written: 0)
  }
}

@Suite struct UpdateTrialTests {
  private func trial(_ handler: any UpdateHandler, on engine: Engine) async throws -> UpdateTrial.Report {
    try await UpdateTrial(
      "totals", registry: UpdateRegistry(handlers: [handler]), batchSizes: [1, 3], crashes: 15
    ) { try Totals.prepare($0) }.run(on: engine)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aSafeUpdatePasses(engine: Engine) async throws {
    let report = try await trial(Filling.right, on: engine)
    #expect(report.isSafe, "\(report)")
    #expect(report.kills > 10 && report.kills <= 2 * 15)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func noMoreRunsAreKilledThanAskedFor(engine: Engine) async throws {
    let trial = UpdateTrial(
      "totals", registry: UpdateRegistry(handlers: [Filling.right]), batchSizes: [1], crashes: 1
    ) { try Totals.prepare($0) }
    #expect(try await trial.run(on: engine).kills == 1)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatASecondRunDoublesIsFound(engine: Engine) async throws {
    let report = try await trial(Filling.adding, on: engine)
    #expect(report.findings.contains { $0.contains("queued again, it changes rows") }, "\(report)")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatThePageSizeDecidesIsFound(engine: Engine) async throws {
    let report = try await trial(Skipping(), on: engine)
    #expect(report.findings.contains { $0.contains("give other rows") }, "\(report)")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func progressApartFromItsRowsIsFound(engine: Engine) async throws {
    let report = try await trial(Committing(), on: engine)
    #expect(!report.isSafe, "\(report)")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatDoesNotAdvanceIsFound(engine: Engine) async throws {
    let report = try await trial(Standing(), on: engine)
    #expect(report.findings.contains { $0.contains("does not get on") }, "\(report)")
  }
}
