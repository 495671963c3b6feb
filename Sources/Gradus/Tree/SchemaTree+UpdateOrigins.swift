extension SchemaTree {
  /// The first version whose deltas queue or declare each update.
  ///
  /// - Throws: `GradusError` where a delta cannot be read.
  package func updateOrigins() throws -> [String: Int] {
    var origins: [String: Int] = [:]
    for (version, files) in deltas {
      for name in try files.flatMap(queuedNames) {
        origins[name] = min(origins[name] ?? version, version)
      }
    }
    return origins
  }

  /// The deltas that queue or declare an update.
  ///
  /// - Parameter name: the update.
  /// - Throws: `GradusError` where a delta cannot be read.
  package func deltas(ofUpdate name: String) throws -> [SchemaFile] {
    try deltas.values.joined().filter { try queuedNames($0).contains(name) }
  }

  /// The updates that a delta queues or declares.
  ///
  /// - Throws: `GradusError` where it cannot be read.
  package func queuedNames(_ file: SchemaFile) throws -> [String] {
    switch file.kind {
    case .sql: try QueueInsert.all(in: file.text()).compactMap(\.name)
    case .updates: (declarationsByFile[file.path] ?? []).map(\.name)
    case .code, .unknown, .cache: []
    }
  }
}
