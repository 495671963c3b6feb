import Gradus
import GradusSQL
import GradusUpdates

/// Carries out what an operator says about queued updates, on whichever database has them in its queue.
struct UpdateSelection {
  let context: CommandContext

  /// Calls `body` for every database whose queue holds the update; for all databases where no update is named.
  ///
  /// - Throws: `GradusError` where no queue holds it; `SQLError`, which says what is changed already where a further
  ///   database fails.
  func change(_ name: String?, _ body: @escaping @Sendable (Connection) throws -> Void) async throws {
    var queued: Set<String> = []
    var chosen: [(database: PhysicalDatabase, session: Session)] = []
    // All are opened before the first is changed.
    for database in context.databases {
      let (session, state) = try await context.openExisting(database)
      queued.formUnion(state.queue.map(\.name))
      if let name, !state.queue.contains(where: { $0.name == name }) { continue }
      chosen.append((database, session))
    }
    for (database, session) in chosen {
      try await database.naming { try await session.run { try BookkeepingTables.ensure($0) } }
    }
    var changed: [String] = []
    for (database, session) in chosen {
      do {
        try await database.naming { _ = try await session.transaction { try body($0) } }
      } catch var error as SQLError where !changed.isEmpty {
        let done =
          "changed already: \(changed.joined(separator: ", ")); the same command again changes the rest"
        error.hint = [error.hint ?? error.code.advice, done].compactMap(\.self).joined(separator: "; ")
        throw error
      }
      changed.append(database.name)
    }
    guard let name, chosen.isEmpty else { return }
    guard context.registry.knows(name) else { throw context.registry.unknown(name, others: queued) }
    throw GradusError(
      .unknownUpdate, "'\(name)' is not queued",
      hint: "see 'updates list'; what is complete needs no steering")
  }
}
