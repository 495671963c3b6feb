import ArgumentParser
import Gradus
import GradusCheck
import GradusSQL

/// The queries that a server has run.
struct ServerQueries: ParsableArguments {
  @Option(help: "Only those of this role, such as the application's.") var role: String?

  func read(_ context: CommandContext) async throws -> (queries: [QueryRecorder.Query], unreadable: [String])
  {
    guard let database = context.databases.first(where: { $0.driver.engine == .postgres }) else {
      throw GradusError(
        .invalidTree, "SQLite keeps no statistics of its queries",
        hint: "record them in the application's tests: RecordingDriver and QueryFile.add")
    }
    let session = try await context.openForReading(database)
    return try await session.run { [role] in try StatementStatistics.read($0, role: role) }
  }
}
