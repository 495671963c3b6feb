extension Shop {
  /// What `updates list` says of an update; nil where it is not queued.
  package func queued(_ name: String) async throws -> [String: Any]? {
    let list = try await gradus("updates", "list", "--format", "json").object()
    return (list["updates"] as? [[String: Any]])?.first { $0["name"] as? String == name }
  }

  /// The names of the queued updates, in the order of `updates list`.
  package func queue() async throws -> [String] {
    let list = try await gradus("updates", "list", "--format", "json").object()
    return (list["updates"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
  }

  /// What `status` says of the database.
  package func state() async throws -> [String: Any] {
    let status = try await gradus("status", "--format", "json").object()
    return (status["databases"] as? [[String: Any]])?.first ?? [:]
  }
}
