import GradusSQL

extension World {
  /// Fails unless the user directory has as many rows as follow from the world's sizes.
  func checkDirectory(_ session: Session) async throws {
    // A room of 40 has 20 local members with 39 others each, one of 10 has 5 with 9.
    let expected = [
      "user_directory": 2 * users, "user_directory_search": 2 * users,
      "users_in_public_rooms": 300 * thousands,
      "users_who_share_private_rooms": (5 * 20 * 39 + 50 * 5 * 9) * thousands,
    ]
    try await session.run { connection in
      for (table, count) in expected {
        let found = try connection.queryRow("SELECT COUNT(*) FROM \(table)")?[0].integer
        guard found == Int64(count) else {
          throw BenchmarkError("the result is wrong: \(table) has \(found ?? -1) rows, not \(count)")
        }
      }
    }
  }
}
