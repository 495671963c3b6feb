package import GradusSQL

/// Compares the deltas in the tree with what was applied.
package enum AppliedDeltas {
  /// A warning for each delta whose SQL has changed since it was applied.
  ///
  /// - Parameters:
  ///   - databases: the logical databases that live there, besides `common`; nil for all. Others, which live elsewhere,
  ///     may have deltas of the same names.
  ///   - upgradesFrom: the version up to which deltas have been squashed, and may be gone.
  ///   - version: the application's, which has no files of what a later one has applied; nil for one that has all.
  ///   - checksums: what was found before, for who looks again and again.
  package static func edited(
    _ connection: Connection, tree: SchemaTree, databases: Set<LogicalDatabase>? = nil,
    upgradesFrom: Int? = nil, version: Int? = nil, checksums: DeltaChecksums = DeltaChecksums()
  ) throws -> [String] {
    guard try CatalogTables.names(connection).contains("gradus_deltas") else { return [] }
    let here = (databases ?? tree.databases).union([.common])
    let all = tree.deltas.values.joined()
    let files = Dictionary(
      all.filter { here.contains($0.database) }.map { ($0.recordedName, $0) },
      uniquingKeysWith: { first, _ in first })
    let elsewhere = Set(all.filter { !here.contains($0.database) }.map(\.recordedName))
    return try connection.query("SELECT file, checksum, version FROM gradus_deltas ORDER BY version, file")
      .compactMap { row in
        let name = try row.text(0)
        guard let file = files[name] else {
          // From a time when that database lived here.
          if elsewhere.contains(name) { return nil }
          if let upgradesFrom, try row.integer(2) <= upgradesFrom { return nil }
          if let version, try row.integer(2) > version { return nil }
          return "\(name) was applied, but its file is gone"
        }
        let (now, then) = try (checksums.checksum(of: file, on: connection.engine), row.text(1))
        // Of an updates file the text was recorded before.
        guard then != now, try file.kind != .updates || then != Checksum.of(file.text()) else {
          return nil
        }
        return "\(file.path) was edited after it was applied; write a new delta instead"
      }
  }

  /// What is recorded of a delta with its name.
  ///
  /// - Parameters:
  ///   - file: the delta.
  ///   - engine: the database's engine.
  ///   - text: the file's text, where it has been read.
  static func checksum(_ file: SchemaFile, on engine: Engine, text: String? = nil) throws -> String {
    switch file.kind {
    case .sql: Checksum.of(try DeltaScript(file, engine: engine, text: text).sql)
    case .updates: Checksum.of(updates: try text ?? file.text())
    case .code, .unknown, .cache: "code"
    }
  }
}
