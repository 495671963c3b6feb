import Gradus
import GradusSQL
package import GradusUpdates

extension AdminJob {
  /// Queues the job as a command does, and says what is queued.
  ///
  /// - Parameters:
  ///   - values: of all parameters.
  ///   - context: the database, and the version that the command acts as.
  ///   - format: how to say it.
  /// - Throws: `GradusError`, also where one of its updates is queued already; `SQLError`.
  package func start(
    _ values: [String: AdminJobValue], _ context: CommandContext, _ format: OutputOptions.Format
  ) async throws {
    let (session, _) = try await context.openMain()
    guard let queued = try await start(values, on: session, version: context.schema.ledger.version) else {
      throw GradusError(
        .alreadyQueued, "an update of '\(name)' is queued already",
        hint: "see 'updates list'; 'updates run' runs it")
    }
    switch format {
    case .json: try Terminal.json(QueuedDocument(queued: queued))
    case .text: Terminal.result("queued: " + queued.joined(separator: ", "))
    }
  }
}
