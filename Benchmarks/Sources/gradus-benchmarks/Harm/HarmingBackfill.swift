import Foundation
import Gradus
import GradusSQL
import GradusUpdates

/// The backfill beside which the application works: `touched` goes up by one in each row, until it is cancelled.
struct HarmingBackfill: Sendable {
  let subject: Subject
  private let control = RunControl()

  init(_ subject: Subject) { self.subject = subject }

  /// Lets the batch under way end.
  func stop(_ task: Task<Double, any Error>) {
    control.stop()
    if subject == .fixed { task.cancel() }
  }

  enum Subject: String, CaseIterable, Sendable {
    case none = "no backfill"
    case fixed = "fixed: 100 ms of work, 1000 ms of sleep"
    case controller = "the runner, its defaults"
  }

  private static let name = "harm"

  static func queue(_ driver: any Driver) async throws { try await Queue.add(name, driver) }

  /// - Returns: how long it ran, in seconds.
  func run(_ driver: any Driver) async throws -> Double {
    let watch = Stopwatch()
    let session = try await Session.open(driver)
    switch subject {
    case .none: break
    case .fixed: try await runFixed(session)
    case .controller: try await runRunner(session, driver)
    }
    return watch.seconds
  }

  private func runRunner(_ session: Session, _ driver: any Driver) async throws {
    let declaration = UpdateDeclaration(
      name: Self.name,
      kind: .backfill(
        .init(
          table: "items", key: ["id"], condition: nil,
          sql: .init("UPDATE items SET touched = touched + 1 WHERE {range}"))))
    // A rate learnt in an earlier run would make this one another than the first.
    try await session.run { _ = try $0.execute("DELETE FROM gradus_updates") }
    var environment = DeclaredBackfill.quiet
    environment.control = control
    let runner = UpdateRunner(
      session: session, database: PhysicalDatabase(driver: driver),
      registry: UpdateRegistry(declarations: [declaration]), environment: environment)
    _ = try await runner.run()
  }

  /// The homeserver's loop: sleep, a batch sized by its rule, its progress in the same transaction.
  private func runFixed(_ session: Session) async throws {
    var rule = SynapseRule()
    var last: Int64 = 0
    while !Task.isCancelled {
      guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
      let size = rule.size
      let bound = last
      let watch = Stopwatch()
      let next: Int64
      do {
        next = try await session.transaction { try Self.batch($0, past: bound, size: size) }
      } catch let error as SQLError where error.code == .cancelled {
        return
      }
      guard next > last else { return }
      rule.record(items: Int(next - last), milliseconds: watch.seconds * 1000)
      last = next
    }
  }

  /// Keys have no gaps, so that the next ones are known.
  private static func batch(_ connection: Connection, past last: Int64, size: Int) throws -> Int64 {
    let row = try connection.queryRow(
      "SELECT max(id) FROM (SELECT id FROM items WHERE id > $1 ORDER BY id LIMIT $2) AS slice",
      [.integer(last), .integer(Int64(size))])
    guard let upper = row?[0].integer else { return last }
    try connection.execute(
      "UPDATE items SET touched = touched + 1 WHERE id > $1 AND id <= $2", [.integer(last), .integer(upper)])
    try connection.execute(
      "UPDATE background_updates SET progress_json = $1 WHERE update_name = $2",
      [.text("{\"last\":[\(upper)]}"), .text(name)])
    return upper
  }
}
