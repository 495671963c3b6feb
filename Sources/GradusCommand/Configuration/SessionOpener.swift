import Foundation
import Gradus
import GradusSQL
import GradusSQLite

/// Opens sessions for commands that must not make or change anything.
enum SessionOpener {
  /// A SQLite file that is not there yet counts as an empty database.
  static func openForReading(_ database: PhysicalDatabase) async throws -> Session {
    if let driver = database.driver as? SQLiteDriver, !isThere(database) {
      let folder = URL(filePath: driver.plainPath).deletingLastPathComponent()
      guard FileManager.default.fileExists(atPath: folder.path) else {
        throw database.naming(
          SQLError(
            .cannotConnect,
            "cannot open SQLite database '\(driver.path)': there is no folder '\(folder.path)'",
            hint: "make it, or mend the database's address"))
      }
      return try await Session.open(SQLiteDriver(path: ":memory:"))
    }
    return try await database.naming { try await Session.open(onlyReading(database.driver)) }
  }

  /// To look at a file must not change how it keeps its journal.
  static func onlyReading(_ driver: any Driver) -> any Driver {
    guard let driver = driver as? SQLiteDriver else { return driver }
    return driver.keepingJournal()
  }

  /// Whether there is something to open: false for a SQLite file that is not there yet.
  static func isThere(_ database: PhysicalDatabase) -> Bool {
    guard let driver = database.driver as? SQLiteDriver else { return true }
    return FileManager.default.fileExists(atPath: driver.path)
  }
}
