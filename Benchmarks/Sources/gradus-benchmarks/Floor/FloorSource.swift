import GradusSQL

/// A database that work is measured on; filled once for all that works on it.
enum FloorSource: CaseIterable {
  case items
  case world

  /// Fills an empty database, so that nothing but the work is left to do.
  ///
  /// - Parameter rows: of the items, or memberships.
  func fill(rows: Int, _ driver: any Driver, _ session: Session) async throws {
    switch self {
    case .items: try await Items.make(rows: rows, on: session)
    case .world:
      try await World(memberships: rows).make(version: 87, driver, session)
      // By guards, too.
      try await session.run { _ = try $0.execute("DELETE FROM sliding_sync_joined_rooms_to_recalculate") }
    }
  }
}
