package import GradusSQL

/// Which versions of an application run on a database.
package enum LiveVersions {
  /// The processes that have announced a version.
  ///
  /// - Parameters:
  ///   - database: the database.
  ///   - session: a session of it. In a transaction that stays open it would keep locks on the catalog.
  package static func holders(of database: PhysicalDatabase, on session: Session) async throws
    -> [VersionHolder]
  {
    try await read(.live, database, session, removesStale: false)
  }

  /// The migrations that are shutting versions out right now, each with the compat version that it raises.
  ///
  /// - Parameters:
  ///   - database: the database.
  ///   - session: a session of it, as for `holders`.
  package static func fences(of database: PhysicalDatabase, on session: Session) async throws
    -> [VersionHolder]
  {
    try await read(.fence, database, session, removesStale: false)
  }

  /// As `holders`, those of versions below one; what dead processes left is removed.
  static func holders(below compat: Int, of database: PhysicalDatabase, on session: Session) async throws
    -> [VersionHolder]
  {
    try await read(.live, database, session, removesStale: true).filter { $0.version < compat }
  }

  /// Throws where a migration is under way that shuts a version out.
  static func refuse(_ version: Int, of database: PhysicalDatabase, on session: Session) async throws {
    let fences = try await read(.fence, database, session, removesStale: true)
    guard let fence = fences.first(where: { $0.version > version }) else { return }
    throw GradusError(
      .databaseTooNew,
      "a migration of '\(database.shownName)' is shutting out the versions below \(fence.version); this is version \(version): \(fence.who)",
      hint:
        "install a release of schema version \(fence.version) or later; should that migration give up, start again"
    )
  }

  private static func read(
    _ kind: LiveKind, _ database: PhysicalDatabase, _ session: Session, removesStale: Bool
  ) async throws -> [VersionHolder] {
    switch database.driver.engine {
    case .sqlite: try LiveFolder(database)?.read(kind, removesStale: removesStale) ?? []
    case .postgres: try await session.run { try AdvisoryVersions.read(kind, $0) }
    }
  }
}
