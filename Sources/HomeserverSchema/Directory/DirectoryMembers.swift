import GradusSQL

/// Writes what the members of a batch's rooms add to the directory, each kind of row by one statement for all rooms.
struct DirectoryMembers {
  let rooms: BatchTable
  let settings: DirectorySettings
  let connection: Connection

  private var engine: Engine { connection.engine }
  private var domain: SQLValue { .text(":" + settings.serverName) }

  /// - Parameter skips: counts members whose ids are bytes.
  /// - Returns: how many rows were written.
  func write(skips: inout SkipCounter) throws -> Int {
    guard !rooms.rows.isEmpty else { return 0 }
    skips.count(.idNotText, try byteIDs())
    let excluded = try excludedUsers()
    return try writePublic(excluded) + writePrivate(excluded) + writeRemoteProfiles()
  }

  /// Joins the member events of the rooms' current state, as `c`.
  private var memberState: String { memberState(where: connection.areTexts("c.state_key")) }

  private func memberState(where condition: String) -> String {
    connection.lookUp(
      "current_state_events", as: "c", "room_id", equals: "k.room_id",
      where: "c.type = 'm.room.member' AND \(condition)")
  }

  /// How many members' ids are bytes.
  private func byteIDs() throws -> Int {
    guard engine == .sqlite else { return 0 }
    let rows = try connection.query(over: rooms) { source in
      "SELECT COUNT(*) FROM \(source) \(memberState(where: connection.areBytes("c.state_key")))"
    }
    return Int(try rows.first?.integer(0) ?? 0)
  }

  /// Joins what is stored of a member event `c`, as `m`.
  private var membership: String {
    connection.lookUp(
      "room_memberships", as: "m", "event_id", equals: "c.event_id",
      where: "m.room_id = c.room_id AND m.user_id = c.state_key")
  }

  /// The users of application services among the local members.
  private func excludedUsers() throws -> [String] {
    guard !settings.exclusions.isEmpty else { return [] }
    let rows = try connection.query(over: rooms, [domain]) { source in
      """
      SELECT DISTINCT c.state_key FROM \(source)
      \(memberState)
      WHERE \(UserIDText.isOfDomain("c.state_key", parameter: 1, on: engine))
      """
    }
    return try rows.map { try $0.text(0) }.filter(settings.exclusions.contains)
  }

  /// The members that can be found: all of other servers, and local users that `users` has as active persons or bots.
  private func members(_ source: String, without excluded: BatchTable) -> String {
    let isLocal = UserIDText.isOfDomain("c.state_key", parameter: 1, on: engine)
    let exclusion =
      excluded.rows.isEmpty
      ? ""
      : "AND c.state_key NOT IN (SELECT x.user_id FROM \(excluded.source(as: "x", first: 2, on: engine)))"
    return """
      SELECT c.room_id, c.state_key AS user_id, \(isLocal) AS is_local, k.is_public
      FROM \(source)
      \(memberState)
      \(membership)
      \(connection.lookUp("users", as: "u", "name", equals: "c.state_key", isOptional: true))
      WHERE m.membership = 'join' AND (NOT \(isLocal) OR (\(DirectoryUsers.isListed) \(exclusion)))
      """
  }

  private func insert(_ excluded: [String], _ sql: (_ members: String) -> String) throws -> Int {
    let excluded = BatchTable.texts("user_id", excluded)
    let parameters = [domain] + (excluded.rows.isEmpty ? [] : excluded.parameters(on: engine))
    let source = rooms.source(as: "k", first: parameters.count + 1, on: engine)
    return try connection.insertMissing(
      sql(members(source, without: excluded)), parameters + rooms.parameters(on: engine))
  }

  private func writePublic(_ excluded: [String]) throws -> Int {
    guard rooms.rows.contains(where: { $0[2].boolean == true }) else { return 0 }
    return try insert(excluded) { members in
      """
      INSERT INTO users_in_public_rooms (user_id, room_id)
      SELECT p.user_id, p.room_id FROM (\(members)) AS p WHERE p.is_public
      """
    }
  }

  /// Who shares a private room with a local user: each with each other, seen from the local ones.
  private func writePrivate(_ excluded: [String]) throws -> Int {
    guard rooms.rows.contains(where: { $0[2].boolean == false }) else { return 0 }
    return try insert(excluded) { members in
      """
      WITH members AS MATERIALIZED (SELECT * FROM (\(members)) AS p WHERE NOT p.is_public)
      INSERT INTO users_who_share_private_rooms (user_id, other_user_id, room_id)
      \(pairs)
      """
    }
  }

  private var pairs: String {
    switch engine {
    case .sqlite:
      """
      SELECT l.user_id, o.user_id, l.room_id
      FROM members l
      JOIN members o ON o.room_id = l.room_id AND o.user_id <> l.user_id
      WHERE l.is_local
      """
    // Not a join, which the planner, who takes the members for a row or two, would do by looking at all of them for each.
    case .postgres:
      """
      SELECT l.user_id, o.user_id, r.room_id
      FROM (
        SELECT room_id, array_agg(user_id) AS everybody, array_agg(user_id) FILTER (WHERE is_local) AS locals
        FROM members GROUP BY room_id
      ) AS r, unnest(r.locals) AS l (user_id), unnest(r.everybody) AS o (user_id)
      WHERE o.user_id <> l.user_id
      """
    }
  }

  private static let profilesAtOnce = 5_000

  /// The profiles of other servers' users, each as of the last of the batch's rooms that the user is in, where the
  /// directory has another one or none.
  private func writeRemoteProfiles() throws -> Int {
    let isLocal = UserIDText.isOfDomain("c.state_key", parameter: 1, on: engine)
    try connection.execute(
      """
      DELETE FROM user_directory_stale_remote_users
      WHERE user_id IN (
        SELECT c.state_key FROM \(rooms.source(as: "k", first: 2, on: engine))
        \(memberState)
        \(membership)
        WHERE m.membership = 'join' AND NOT \(isLocal)
      )
      """, [domain] + rooms.parameters(on: engine))
    let differs = engine == .postgres ? "IS DISTINCT FROM" : "IS NOT"
    var written = 0
    var last: String? = ""
    // Pages, so that a room of any size needs no more memory.
    while let after = last {
      let rows = try connection.query(
        over: rooms, [domain, .text(after), SQLValue(Self.profilesAtOnce)]
      ) { source in
        """
        SELECT p.user_id, p.display_name, p.avatar_url
        FROM (
          SELECT c.state_key AS user_id, m.display_name, m.avatar_url,
            ROW_NUMBER() OVER (PARTITION BY c.state_key ORDER BY k.nth DESC) AS rank
          FROM \(source)
          \(memberState)
          \(membership)
          WHERE m.membership = 'join' AND c.state_key > $2 AND NOT \(isLocal)
        ) AS p
        LEFT JOIN user_directory d ON d.user_id = p.user_id
        WHERE p.rank = 1 AND (
          d.user_id IS NULL OR d.display_name \(differs) p.display_name OR d.avatar_url \(differs) p.avatar_url
        )
        ORDER BY p.user_id LIMIT $3
        """
      }
      written += try DirectoryProfile.write(rows.map { try DirectoryProfile($0) }, on: connection)
      last = rows.count < Self.profilesAtOnce ? nil : try rows.last?.text(0)
    }
    return written
  }
}
