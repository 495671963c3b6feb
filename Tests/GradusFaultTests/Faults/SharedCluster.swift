import ProgramTestSupport

/// A server for tests that need one with a port and leave it as it was; to make one for each takes long.
enum SharedCluster {
  private static let started = Task { try await PostgresCluster.start(settings: ["max_connections": "200"]) }

  static func get() async throws -> PostgresCluster { try await started.value }
}
