import GradusSQLite
import PeerGradus

/// The library on SQLite alone: DATABASE is a file.
@main
struct PeerGradusSQLite {
  static func main() async throws { try await PeerGradus.main { SQLiteDriver(path: $0) } }
}
