public import GradusSQL

/// Fills an empty database of schema version 86 with a homeserver's data: rooms, users, memberships, messages.
///
/// The same parameters give the same rows on every machine and on both engines. A part of the data is as bad as what
/// comes in by federation: names that are no strings or hold U+0000, rejected and redacted events, rooms of a numeric
/// type, stripped state of odd shapes.
public struct SampleDatabase: Sendable {
  /// Equal seeds give equal data.
  public var seed: UInt64
  /// How many rooms, those included that the server only has invites to.
  public var rooms: Int
  /// How many memberships of local users.
  public var memberships: Int
  /// How many local users.
  public var users: Int
  /// How many messages a room has at most; on average half of it.
  public var messagesPerRoom: Int
  /// The domain of the local users.
  public var serverName: String

  /// - Parameters:
  ///   - seed: equal seeds give equal data.
  ///   - rooms: how many rooms, those included that the server only has invites to.
  ///   - memberships: how many memberships of local users, at least one a room.
  ///   - users: how many local users; no room has more than half of them.
  ///   - messagesPerRoom: how many messages a room has at most; on average half of it.
  ///   - serverName: the domain of the local users.
  public init(
    seed: UInt64 = 1, rooms: Int = 2_000, memberships: Int = 40_000, users: Int = 2_000,
    messagesPerRoom: Int = 6,
    serverName: String = "example.org"
  ) {
    precondition(rooms >= 0 && memberships >= rooms, "every room has a membership")
    precondition(memberships <= rooms * (users / 2), "no room has more than half of the users")
    self.seed = seed
    self.rooms = rooms
    self.memberships = memberships
    self.users = users
    self.messagesPerRoom = messagesPerRoom
    self.serverName = serverName
  }

  /// Writes the data, about 2,000 events a transaction.
  ///
  /// - Parameters:
  ///   - session: a session with a database of schema version 86 without rooms; `main` and `state` are both in it.
  ///   - progress: called after each transaction with the memberships written so far and all of them.
  /// - Throws: `HomeserverError` with code `notEmpty`, `SQLError`.
  public func fill(
    _ session: Session, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) async throws {
    try await session.transaction(.read) { connection in
      if try connection.queryRow("SELECT 1 FROM rooms LIMIT 1") != nil {
        throw HomeserverError(.notEmpty, "the database has rooms already")
      }
    }
    try await session.transaction { try SampleUsers(sample: self).write(to: $0) }
    let sizes = SampleSizes(sample: self).sizes
    var place = SamplePlace()
    var next = 0
    while next < rooms {
      (place, next) = try await session.transaction { [place, next] connection in
        var batch = SampleBatch(place: place)
        var room = next
        while room < rooms, batch.eventCount < 2_000 {
          SampleRoom(sample: self, number: room, size: sizes[room]).write(to: &batch)
          room += 1
        }
        try batch.store(on: connection)
        return (batch.place, room)
      }
      progress(sizes[..<next].reduce(0, +), memberships)
    }
    try await session.transaction { connection in
      try PositionAllocator.advanceSequences(on: connection)
      // A server that has run for a while has statistics; without them plans are those of empty tables.
      if connection.engine == .postgres { try connection.execute("ANALYZE") }
    }
  }

  /// The id of a local user.
  func userID(_ number: Int) -> String { "@user\(number):\(serverName)" }
}
