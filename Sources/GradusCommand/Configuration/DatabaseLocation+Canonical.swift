import Foundation
import GradusSQL

extension DatabaseLocation {
  /// The same place, however the path of a SQLite file is spelt.
  var canonical: DatabaseLocation {
    guard case .sqlite(let path) = self, path != ":memory:" else { return self }
    // Foundation takes what begins with a tilde for a folder of a user's.
    let plain = path.hasPrefix("/") ? path : "./" + path
    return .sqlite(path: URL(filePath: plain).standardizedFileURL.resolvingSymlinksInPath().path)
  }
}
