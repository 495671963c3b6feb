import Foundation
import GradusSQL

extension DatabaseLocation {
  /// The same place, however the path of a SQLite file is spelt.
  var canonical: DatabaseLocation {
    guard case .sqlite(let path) = self, path != ":memory:" else { return self }
    return .sqlite(path: URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path)
  }
}
