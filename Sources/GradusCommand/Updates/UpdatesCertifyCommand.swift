import ArgumentParser
import Gradus
import GradusSQL
import GradusUpdates

struct UpdatesCertifyCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "certify", abstract: "Record that an update is complete that another program completed.",
      discussion: App.help(
        """
        Only what Gradus completed itself is certified. For an update that another program took off the queue this \
        checks what can be checked (an index, the 'where' of a backfill) and writes the certificate, on the databases \
        that hold what the update's delta is about.
        """,
        examples: "updates certify fill_totals"))
  }

  @Argument(help: "The update.", completion: UpdateNames<App>.completion) var name: String
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let (name, version, registry) = (name, context.schema.ledger.version, context.registry)
    let deltas = try context.schema.tree.deltas(ofUpdate: name)
    let origin = deltas.map(\.version).min()
    var sessions: [(database: PhysicalDatabase, session: Session)] = []
    for database in context.databases(ofDeltas: deltas) {
      let (session, _) = try await context.openExisting(database)
      if let origin {
        try await database.naming { try await session.run { try Self.refuse(name, of: origin, where: $0) } }
      }
      sessions.append((database, session))
    }
    // All are opened before the first is changed, and checked before the first certificate is written.
    for (database, session) in sessions {
      try await database.naming { try await session.run { try BookkeepingTables.ensure($0) } }
    }
    if sessions.count > 1 {
      for (database, session) in sessions {
        try await database.naming {
          try await session.run { try registry.checkCertifiable(name, version: version, on: $0) }
        }
      }
    }
    for (database, session) in sessions {
      let certificate = try await database.naming {
        try await session.transaction { try registry.certify(name, version: version, on: $0) }
      }
      let place = sessions.count > 1 ? " on \(database.name)" : ""
      Terminal.result("\(name)\(place): \(certificate.verified)")
    }
  }

  /// Refuses an update whose delta is yet to come.
  private static func refuse(_ name: String, of origin: Int, where connection: Connection) throws {
    let version = try connection.queryRow("SELECT max(version) FROM schema_version")?[0].integer ?? 0
    guard version < origin else { return }
    throw GradusError(
      .updatesPending, "'\(name)' begins with version \(origin), and the database is at version \(version)",
      hint: "'migrate' queues it")
  }
}

extension UpdateRegistry {
  /// Certifies, and takes it back.
  ///
  /// - Throws: what `certify` throws.
  fileprivate func checkCertifiable(_ name: String, version: Int, on connection: Connection) throws {
    struct Undone: Error {}
    do {
      try connection.transaction { connection in
        _ = try certify(name, version: version, on: connection)
        throw Undone()
      }
    } catch is Undone {}
  }
}
