import Foundation
import GradusSQL
import GradusSQLite

extension DatabaseLocation {
  /// The same place, however the path of a SQLite file is spelt.
  var canonical: DatabaseLocation {
    guard case .sqlite(let path) = self, path != ":memory:" else { return self }
    let plain = SQLiteDriver(path: path).plainPath
    let file = URL(filePath: plain).standardizedFileURL.resolvingSymlinksInPath()
    guard !FileManager.default.fileExists(atPath: file.path) else { return .sqlite(path: file.path) }
    // Of a path at whose end nothing is yet, no link has been followed.
    let folder = file.deletingLastPathComponent().resolvingSymlinksInPath()
    return .sqlite(path: folder.appending(path: file.lastPathComponent).path)
  }
}
