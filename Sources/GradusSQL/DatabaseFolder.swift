package import Foundation

/// A temporary folder with a SQLite database.
package enum DatabaseFolder {
  /// Removes the folder with all that is in it.
  ///
  /// A connection that is just being closed removes the files beside the database itself, perhaps from under our hands, at
  /// which Foundation gives up: so it is tried again.
  ///
  /// - Throws: where it cannot be removed.
  package static func remove(_ folder: URL) throws {
    for _ in 0..<10 where (try? FileManager.default.removeItem(at: folder)) != nil { return }
    try FileManager.default.removeItem(at: folder)
  }
}
