import GradusSQL

/// What the directory says of one user.
struct DirectoryProfile {
  let userID: String
  let displayName: String?
  let avatarURL: String?

  /// Values that no column may hold, those with U+0000, count as none.
  init(userID: String, displayName: String?, avatarURL: String?) {
    self.userID = userID
    self.displayName = Self.usable(displayName)
    self.avatarURL = Self.usable(avatarURL)
  }

  /// Of the columns user, display name and avatar.
  init(_ row: Row) throws {
    self.init(userID: try row.text(0), displayName: row[1].text, avatarURL: row[2].text)
  }

  private static func usable(_ text: String?) -> String? {
    guard let text, !text.utf8.contains(0) else { return nil }
    return text
  }
}

extension DirectoryProfile {
  /// Writes profiles, and the words by which they are found.
  ///
  /// - Parameter profiles: one a user, in the order of their ids.
  /// - Returns: how many were written.
  @discardableResult
  static func write(_ profiles: [DirectoryProfile], on connection: Connection) throws -> Int {
    var table = BatchTable(columns: [
      ("user_id", .text), ("display_name", .text), ("avatar_url", .text), ("localpart", .text),
      ("domain", .text), ("words", .text),
    ])
    for profile in profiles {
      let (localpart, domain) = UserIDText.split(profile.userID)
      let words = profile.displayName.map(SearchText.normalized)
      table.rows.append([
        .text(profile.userID), SQLValue(profile.displayName), SQLValue(profile.avatarURL), .text(localpart),
        .text(domain), SQLValue(words),
      ])
    }
    if connection.engine == .sqlite { try removeWords(of: profiles.map(\.userID), on: connection) }
    let written = try connection.execute(over: table) { source in
      """
      INSERT INTO user_directory (user_id, display_name, avatar_url)
      SELECT k.user_id, k.display_name, k.avatar_url FROM \(source) WHERE TRUE
      ON CONFLICT (user_id) DO UPDATE SET display_name = EXCLUDED.display_name, avatar_url = EXCLUDED.avatar_url
      """
    }
    try connection.execute(over: table) { source in
      switch connection.engine {
      case .postgres:
        """
        INSERT INTO user_directory_search (user_id, vector)
        SELECT k.user_id, setweight(to_tsvector('simple', k.localpart), 'A')
          || setweight(to_tsvector('simple', k.domain), 'D')
          || setweight(to_tsvector('simple', COALESCE(k.words, '')), 'B')
        FROM \(source)
        ON CONFLICT (user_id) DO UPDATE SET vector = EXCLUDED.vector
        """
      case .sqlite:
        """
        INSERT INTO user_directory_search (user_id, value)
        SELECT k.user_id, CASE WHEN k.words IS NULL THEN k.user_id ELSE k.user_id || ' ' || k.words END
        FROM \(source)
        """
      }
    }
    return written
  }

  /// A full-text table has no key. Finding users' rows in it means reading all of it, so it is only done for users that
  /// have one, and once for all of them.
  private static func removeWords(of users: [String], on connection: Connection) throws {
    let profile = connection.lookUp("user_directory", as: "d", "user_id", equals: "k.user_id")
    let known = try connection.query(over: .texts("user_id", users)) { source in
      "SELECT d.user_id FROM \(source) \(profile)"
    }.map { try $0.text(0) }
    try connection.execute(over: .texts("user_id", known)) { source in
      """
      DELETE FROM user_directory_search WHERE docid IN (
        SELECT s.docid FROM user_directory_search s WHERE s.user_id IN (SELECT k.user_id FROM \(source))
      )
      """
    }
  }
}
