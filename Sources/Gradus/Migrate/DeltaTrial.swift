package import GradusSQL

/// Applies a delta without its record, on a scratch database, for who wants to see what it does.
package enum DeltaTrial {
  /// Runs an updates file as the migration would: queues what it declares, and adds constraints.
  ///
  /// - Throws: `GradusError`, `SQLError`.
  package static func run(_ file: SchemaFile, of tree: SchemaTree, on connection: Connection) throws {
    let delta = UpdatesDelta(file: file, declarations: tree.declarations(in: file, for: connection.engine))
    switch connection.engine {
    case .sqlite where delta.hasConstraints:
      try RebuildSettings.with(connection) { try connection.transaction(.write) { try delta.run(on: $0) } }
    case .sqlite, .postgres: try connection.transaction { try delta.run(on: $0) }
    }
  }
}
