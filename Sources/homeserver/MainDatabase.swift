import Gradus
import GradusCommand
import GradusSQL

/// The database that holds the homeserver's `main`, for one command.
struct MainDatabase {
  private let context: CommandContext

  init(_ schema: SchemaOptions, _ database: DatabaseOptions) throws {
    context = try CommandContext(Homeserver.self, schema, database)
  }

  func read<R: Sendable>(_ body: @escaping @Sendable (Connection) throws -> R) async throws -> R {
    let (session, _) = try await context.openMain(onlyReads: true)
    return try await session.transaction(.read) { try body($0) }
  }

  /// Runs a transaction, with Gradus's own tables there.
  func write<R: Sendable>(_ body: @escaping @Sendable (Connection) throws -> R) async throws -> R {
    let (session, _) = try await context.openMain()
    try await session.run { try BookkeepingTables.ensure($0) }
    return try await session.transaction { try body($0) }
  }
}
