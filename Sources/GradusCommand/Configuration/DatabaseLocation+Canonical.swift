import Foundation
import GradusSQL
import GradusSQLite

extension DatabaseLocation {
  /// The same place, however the path of a SQLite file is spelt.
  var canonical: DatabaseLocation {
    guard case .sqlite(let path) = self, path != ":memory:" else { return self }
    let plain = SQLiteDriver(path: path).plainPath
    return .sqlite(path: URL(filePath: plain).standardizedFileURL.resolvingSymlinksInPath().path)
  }
}
