import GradusSQL
import GradusSQLite

/// A SQLite file that a command made.
struct SQLiteFile {
  private let path: String

  init(_ path: String) { self.path = path }

  func tables() async throws -> Set<String> {
    try await Session.open(SQLiteDriver(path: path, createsFile: false)).run {
      Set(try $0.query("SELECT name FROM sqlite_master WHERE type = 'table'").map { try $0.text(0) })
    }
  }
}
