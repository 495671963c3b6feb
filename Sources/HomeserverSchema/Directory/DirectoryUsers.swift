import GradusSQL

/// The local users of one batch.
struct DirectoryUsers {
  /// How many there are.
  let scanned: Int
  /// The last one's id.
  let last: String?
  /// The profiles of those that can be found.
  let profiles: [DirectoryProfile]

  /// The condition that a user `u` can be found, whatever his id; one that is missing cannot.
  static let isListed =
    "(u.name IS NOT NULL AND u.deactivated = 0 AND (u.user_type IS NULL OR u.user_type <> 'support'))"

  /// The first users of the staging table. The homeserver's own has also those whom `users` has without a name, and one of
  /// its older versions listed all twice after a crash.
  init(limit: Int, without exclusions: DirectoryExclusions, on connection: Connection) throws {
    let page = try connection.query(
      """
      SELECT DISTINCT user_id FROM \(DirectoryStaging.users)
      WHERE user_id IS NOT NULL AND \(connection.areTexts("user_id"))
      ORDER BY user_id LIMIT $1
      """, [SQLValue(max(limit, 1))])
    let users = BatchTable.texts("user_id", try page.map { try $0.text(0) })
    if connection.engine == .postgres { try Self.lock(users, on: connection) }
    let account = connection.lookUp("users", as: "u", "name", equals: "k.user_id")
    let profile = connection.lookUp(
      "profiles", as: "p", "full_user_id", equals: "k.user_id", isOptional: true)
    let rows = try connection.query(over: users) { source in
      """
      SELECT u.name, p.displayname, p.avatar_url
      FROM \(source)
      \(account)
      \(profile)
      WHERE \(Self.isListed)
      ORDER BY u.name
      """
    }
    scanned = page.count
    last = try page.last?.text(0)
    profiles = try rows.map { try DirectoryProfile($0) }.filter { !exclusions.contains($0.userID) }
  }

  /// Who changes a profile or an account waits until the batch is over, and then writes the directory himself.
  private static func lock(_ users: BatchTable, on connection: Connection) throws {
    for (table, key) in [("users", "name"), ("profiles", "full_user_id")] {
      _ = try connection.query(over: users) { source in
        "SELECT 1 FROM \(source) JOIN \(table) t ON t.\(key) = k.user_id ORDER BY t.\(key) FOR SHARE OF t"
      }
    }
  }
}
