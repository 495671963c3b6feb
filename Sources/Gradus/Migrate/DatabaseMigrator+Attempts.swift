import GradusSQL

extension DatabaseMigrator {
  /// Does as the options say with interrupted deltas, and with those that are to count as applied.
  func resolveAttempts(_ session: Session) async throws {
    let options = options
    guard options.resolvesDeltas else { return }
    let deltas = schema.tree.deltas.values.joined()
    let known = Set(deltas.map(\.recordedName))
    let names = options.retriedDeltas.union(options.deltasToMarkApplied)
    let attempts = try await session.run { try DatabaseStateReader(rules: []).read($0) }.attempts
    // The file of one may be gone, or have another name: in a later release, or in an earlier one.
    let interrupted = names.intersection(attempts.map(\.file))
    for name in names.subtracting(known).subtracting(interrupted) {
      throw GradusError(
        .invalidTree, "no delta is recorded as '\(name)'",
        hint: NearestName.hint(
          // Of one engine's file the engine is a part of the name.
          for: known.filter { $0.hasPrefix(name + ".") }.min() ?? name, among: known,
          otherwise: "names look like 87/01_name.sql"))
    }
    let here = planner.databases.union([.common])
    let own = Dictionary(
      deltas.filter { here.contains($0.database) && names.contains($0.recordedName) }.map {
        ($0.recordedName, $0)
      },
      uniquingKeysWith: { first, _ in first })
    // Those of the other physical databases.
    guard !own.isEmpty || !interrupted.isEmpty else { return }
    let isNew = try await session.run { connection in
      // Of a database without a schema no delta can have been interrupted.
      guard try CatalogTables.names(connection).contains("schema_version") else { return true }
      // Another program may have made it.
      try BookkeepingTables.ensure(connection)
      return false
    }
    guard !isNew else { return }
    try await session.transaction { connection in
      let bookkeeping = BookkeepingWriter(connection: connection)
      for name in names {
        let wasInterrupted = try bookkeeping.forgetAttempt(name)
        guard options.deltasToMarkApplied.contains(name) else { continue }
        guard let file = own[name] else {
          // Nor is it here where its logical database lives elsewhere by now.
          if wasInterrupted { try bookkeeping.record(withoutFile: name) }
          continue
        }
        guard try !bookkeeping.isRecorded(file) else { continue }
        // Each of several databases has its own run of a delta of `common`: one was interrupted, another is yet to come.
        guard wasInterrupted || file.database != .common || database.databases == nil else { continue }
        let checksum = try AppliedDeltas.checksum(file, on: connection.engine)
        try bookkeeping.record([.init(file: file, checksum: checksum, duration: .zero)])
      }
    }
  }
}
