import GradusJSON

/// Behaves as the homeserver of one schema version: sends events and keeps the tables that this version keeps.
///
/// It stands for the application in tests, in the demo and in simulations: several writers of admitted versions may
/// work on one database at once. Every method needs an open transaction and changes one room; it assumes that the
/// logical databases `main` and `state` are one physical database. Everything is determined by what is in the
/// database: the same calls give the same rows, ids and timestamps included.
///
/// In one thing it does less than the homeserver. A remote join brings along the room's whole state, in it perhaps old
/// memberships of other local users; the homeserver writes their local memberships and snapshots once more, with the
/// room as it is now, and this writer leaves them as they are.
package struct HomeserverWriter: Sendable {
  /// What the application knows of the schema.
  package enum Version: Int, Sendable, CaseIterable {
    /// N: has never heard of the sliding sync tables.
    case v86 = 86
    /// N+1: keeps them right where rows exist, and reads past missing ones.
    case v87 = 87
    /// N+2: keeps them and reads nothing else.
    case v88 = 88
  }

  /// A user's membership of a room.
  package enum Membership: String, Sendable, CaseIterable {
    /// In the room.
    case join
    /// Asked into the room.
    case invite
    /// Has asked to be let in.
    case knock
    /// Has left, was kicked or has declined.
    case leave
    /// Kept out.
    case ban
  }

  /// The schema version whose application this is.
  package let version: Version
  /// The domain of the local users.
  package let serverName: String
  /// The name of the writing process, as `events.instance_name` holds it.
  package let instanceName: String

  /// - Parameters:
  ///   - version: the schema version whose application this is.
  ///   - serverName: the domain of the local users.
  ///   - instanceName: the name of the writing process.
  package init(_ version: Version, serverName: String = "example.org", instanceName: String = "master") {
    self.version = version
    self.serverName = serverName
    self.instanceName = instanceName
  }

  /// Whether a user is of this server.
  func isLocal(_ userID: String) -> Bool { UserIDText.domain(of: userID) == JSONText(serverName) }

  var keepsSlidingSync: Bool { version != .v86 }
}
