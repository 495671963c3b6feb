import GradusSQL

extension Connection {
  /// Runs what takes as long as it takes, for which limits to the application's statements are not meant; PostgreSQL, on a
  /// connection that one server process serves.
  ///
  /// - Parameter limits: the settings.
  func withoutLimits<R>(_ limits: [String], _ body: () throws -> R) throws -> R {
    defer { for limit in limits { restore("RESET \(limit)") } }
    for limit in limits { try execute("SET \(limit) = 0") }
    return try body()
  }
}
