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

  private func queuedNames(_ file: SchemaFile) throws -> [String] {
    switch file.kind {
    case .sql: try QueueInsert.all(in: file.text()).compactMap(\.name)
    case .updates: declarations.values.filter { $0.file == file.path }.map(\.name)
    case .code, .unknown, .cache: []
    }
  }
}
