import Foundation
import HomeserverFixtures
import GradusSQL

/// Makes the worked example's schema from its own files.
enum ExampleSchema {
  /// Runs the full schema and the deltas up to a version.
  static func create(upTo version: Int = 88, on connection: Connection) throws {
    var files = try ["common", "main", "state"].flatMap { try scripts("schema/\($0)/86", connection.engine) }
    files.sort { $0.lastPathComponent < $1.lastPathComponent }
    for delta in 87...max(version, 87) where version >= delta {
      files += try scripts("delta/main/\(delta)", connection.engine)
    }
    for file in files {
      try connection.transaction { try $0.executeScript(try text(of: file, connection.engine)) }
    }
  }

  private static func scripts(_ folder: String, _ engine: Engine) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: Fixtures.packageRoot.appending(path: folder), includingPropertiesForKeys: nil
    )
    .filter { ["sql", engine.rawValue].contains($0.pathExtension) }
    .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  private static func text(of file: URL, _ engine: Engine) throws -> String {
    let key =
      switch engine {
      case .sqlite: "INTEGER PRIMARY KEY AUTOINCREMENT"
      case .postgres: "BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY"
      }
    return try String(contentsOf: file, encoding: .utf8)
      .replacingOccurrences(of: "$%AUTO_INCREMENT_PRIMARY_KEY%$", with: key)
  }
}
