import Foundation
package import Gradus
package import GradusSQL

/// The files of a full schema that a squash writes, in a temporary folder until they have been tried.
package struct SquashedFiles: Sendable {
  /// The files, as a tree has them.
  package let files: [SchemaFile]
  /// Their texts, in the same order.
  package let texts: [String]
  private let folder: URL

  /// - Parameters:
  ///   - dumps: the full schema on each engine.
  ///   - version: its version.
  package init(_ dumps: [Engine: FullSchema], version: Int) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "gradus-squash-\(UUID().uuidString)", directoryHint: .isDirectory)
    var (files, texts): ([SchemaFile], [String]) = ([], [])
    for (engine, full) in dumps.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      for (database, sql) in full.dumps {
        let place = folder.appending(path: database.name, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let url = place.appending(path: Self.name(for: engine))
        try Data(sql.utf8).write(to: url)
        files.append(
          SchemaFile(database: database, version: version, name: url.lastPathComponent, url: url))
        texts.append(sql)
      }
    }
    (self.files, self.texts) = (files, texts)
  }

  /// The name of an engine's file, which `schema dump` gives it, too.
  package static func name(for engine: Engine) -> String { "full.sql.\(engine.rawValue)" }

  /// Removes the temporary folder.
  package func discard() { try? FileManager.default.removeItem(at: folder) }
}
