import ArgumentParser
import GradusUpdates

/// Which updates are paused or resumed, and where.
struct UpdatesPauseOptions<App: SchemaApplication>: ParsableArguments {
  @Argument(help: "The update; all where none is named.", completion: UpdateNames<App>.completion) var name:
    String?
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions

  /// - Parameter result: what they are then, in the message.
  func change(
    _ result: String, _ change: @escaping @Sendable (QueueControls, _ name: String?) throws -> Void
  ) async throws {
    let context = try CommandContext(App.self, schema, database)
    let name = name
    try await UpdateSelection(context: context).change(name) { try change(QueueControls($0), name) }
    Terminal.result("\(name ?? "all updates"): \(result)")
  }
}
