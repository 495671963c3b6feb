import Foundation
import GradusSQL

/// What the directory must hold, calculated room by room and user by user from plain rows; slow and simple.
struct DirectoryReference {
  let serverName: String
  var senders: Set<String> = []
  /// Beginnings of ids of exclusive namespaces.
  var namespaces: [String] = []

  private struct Member {
    let user: String
    let name: String?
    let avatar: String?
  }

  /// The lines of `DirectoryDump`.
  func lines(_ connection: Connection) throws -> [String] {
    var profiles: [String: Member] = [:]
    var lines: Set<BytewiseText> = []
    func add(_ fields: String?...) { lines.insert(BytewiseText(DirectoryDump.line(fields))) }

    let accounts = try connection.query(
      "SELECT name, user_type, deactivated FROM users WHERE name IS NOT NULL")
    var listed: Set<String> = []
    for row in accounts {
      let name = try row.text(0)
      let isService = senders.contains(name) || namespaces.contains { name.hasPrefix($0) }
      if row[1].text != "support", row[2].integer == 0, !isService { listed.insert(name) }
    }

    var sizes: [String: Int] = [:]
    for row in try connection.query("SELECT room_id FROM current_state_events") {
      sizes[try row.text(0), default: 0] += 1
    }
    let rooms = sizes.sorted { a, b in
      a.value == b.value ? DirectoryDump.bytewise(b.key, a.key) : a.value > b.value
    }.map(\.key)
    var stale = Set(
      try connection.query("SELECT user_id FROM user_directory_stale_remote_users").map { try $0.text(0) })
    for room in rooms {
      let members = try members(of: room, connection)
      guard try isJoined(room, connection) else { continue }
      let counted = members.filter { !isLocal($0.user) || listed.contains($0.user) }
      for member in counted where !isLocal(member.user) {
        profiles[member.user] = member
        stale.remove(member.user)
      }
      if try isPublic(room, connection) {
        for member in counted { add("public", member.user, room) }
      } else {
        for one in counted where isLocal(one.user) {
          for other in counted where other.user != one.user { add("private", one.user, other.user, room) }
        }
      }
    }
    for user in listed {
      let row = try connection.queryRow(
        "SELECT displayname, avatar_url FROM profiles WHERE full_user_id = $1", [.text(user)])
      profiles[user] = Member(user: user, name: row?[0].text, avatar: row?[1].text)
    }
    for (user, profile) in profiles {
      let name = usable(profile.name)
      add("user", user, nil, name, usable(profile.avatar))
      add("words", user, try words(user, name, connection))
    }
    for user in stale { add("stale", user) }
    let position = try connection.queryRow("SELECT MAX(stream_id) FROM current_state_delta_stream")?[0]
      .integer
    add("position", String(position ?? -1))
    return lines.map(\.text).sorted(by: DirectoryDump.bytewise)
  }

  private func isLocal(_ user: String) -> Bool {
    user.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).last.map(String.init)
      == serverName
  }

  private func usable(_ text: String?) -> String? { text.flatMap { $0.contains("\0") ? nil : $0 } }

  private func members(of room: String, _ connection: Connection) throws -> [Member] {
    let current = try connection.query(
      "SELECT event_id, state_key FROM current_state_events WHERE room_id = $1 AND type = 'm.room.member'",
      [.text(room)])
    return try current.compactMap { row in
      let member = try connection.queryRow(
        "SELECT membership, display_name, avatar_url FROM room_memberships WHERE event_id = $1", [row[0]])
      guard let member, member[0].text == "join" else { return nil }
      return Member(user: try row.text(1), name: member[1].text, avatar: member[2].text)
    }
  }

  private func isJoined(_ room: String, _ connection: Connection) throws -> Bool {
    try connection.query(
      """
      SELECT state_key FROM current_state_events
      WHERE room_id = $1 AND type = 'm.room.member' AND membership = 'join'
      """, [.text(room)]
    ).contains { isLocal(try $0.text(0)) }
  }

  private func isPublic(_ room: String, _ connection: Connection) throws -> Bool {
    func content(_ type: String) throws -> [String: Any]? {
      let row = try connection.queryRow(
        """
        SELECT j.json FROM current_state_events c JOIN event_json j ON j.event_id = c.event_id
        WHERE c.room_id = $1 AND c.type = $2 AND c.state_key = ''
          AND NOT EXISTS (SELECT 1 FROM rejections r WHERE r.event_id = c.event_id)
        """, [.text(room), .text(type)])
      let event = try? JSONSerialization.jsonObject(with: Data((row?[0].text ?? "").utf8)) as? [String: Any]
      return event?["content"] as? [String: Any]
    }
    if try content("m.room.join_rules")?["join_rule"] as? String == "public" { return true }
    return try content("m.room.history_visibility")?["history_visibility"] as? String == "world_readable"
  }

  private func words(_ user: String, _ name: String?, _ connection: Connection) throws -> String? {
    let words = name?.lowercased().precomposedStringWithCompatibilityMapping
    guard connection.engine == .postgres else { return words.map { "\(user) \($0)" } ?? user }
    let parts = user.dropFirst().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return try connection.queryRow(
      """
      SELECT (setweight(to_tsvector('simple', $1), 'A') || setweight(to_tsvector('simple', $2), 'D')
        || setweight(to_tsvector('simple', $3), 'B'))::text
      """, [.text(String(parts[0])), .text(String(parts[1])), .text(words ?? "")])?[0].text
  }
}
