import Foundation
import GradusSQL

extension ConfigurationFile {
  /// The entry of a SQLite file, by whichever path it is reached; nil where none is of it.
  func database(at location: DatabaseLocation) throws -> Database? {
    guard let file = Self.file(location) else { return nil }
    return try databases.first { Self.file(resolved(try DatabaseLocation(parsing: $0.url))) == file }
  }

  private static func file(_ location: DatabaseLocation) -> String? {
    guard case .sqlite(let path) = location, path != ":memory:" else { return nil }
    return URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
