import GradusPostgres
import PeerGradus

/// The library on PostgreSQL alone: DATABASE is a connection string of libpq's.
@main
struct PeerGradusPostgres {
  static func main() async throws { try await PeerGradus.main { PostgresDriver(connectionString: $0) } }
}
