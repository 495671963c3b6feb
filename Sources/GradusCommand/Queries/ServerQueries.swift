import ArgumentParser
import Gradus
import GradusCheck
import GradusSQL

/// The queries that a server has run.
struct ServerQueries: ParsableArguments {
  @Option(help: "Only those of this role, such as the application's.") var role: String?

  /// Those of all databases on PostgreSQL.
  func read(_ context: CommandContext) async throws -> StatementStatistics {
    let databases = context.databases.filter { $0.driver.engine == .postgres }
    guard !databases.isEmpty else {
      throw GradusError(
        .invalidTree, "SQLite keeps no statistics of its queries",
        hint: "record them in the application's tests: RecordingDriver and QueryFile.add")
    }
    var all = StatementStatistics()
    for database in databases {
      let found = try await database.naming {
        let session = try await context.openForReading(database)
        return try await session.run { [role] in try StatementStatistics.read($0, role: role) }
      }
      all.queries += found.queries
      all.unreadable += found.unreadable
      all.hidesSome = all.hidesSome || found.hidesSome
    }
    if all.hidesSome {
      Terminal.message(
        "warning: queries of other roles are hidden: connect as a member of pg_read_all_stats to see them")
    }
    // Of two schemas of one database each has the other's queries, too.
    all.unreadable.removeAll { text in all.queries.contains { $0.sql == text } }
    return all
  }
}
