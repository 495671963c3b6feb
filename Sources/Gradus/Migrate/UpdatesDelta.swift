import GradusSQL

/// Applies an updates file: queues what it declares, and adds declared constraints to their tables.
struct UpdatesDelta {
  let file: SchemaFile
  /// What it declares for the engine, in the order of the queue.
  let declarations: [UpdateDeclaration]

  var hasConstraints: Bool { declarations.contains { $0.constraint != nil } }

  /// The updates that have to be complete before it runs: those that fill a column whose trigger goes, and what constraints
  /// wait for on SQLite. There they are no updates themselves, and a row that an update has yet to fill would be found to
  /// violate them.
  func awaitedUpdates(on engine: Engine) -> [String] {
    let constraints = engine == .sqlite ? declarations.filter { $0.constraint != nil } : []
    return constraints.flatMap(\.dependsOn) + declarations.compactMap(\.droppedSync)
  }

  /// Runs in the caller's transaction; on SQLite under `RebuildSettings` where there are constraints.
  func run(on connection: Connection) throws {
    let bookkeeping = BookkeepingWriter(connection: connection)
    for declaration in SyncPlace.sorted(declarations) {
      if let sync = declaration.droppedSync {
        try SyncTrigger(connection: connection, name: sync).remove()
        continue
      }
      if let sync = declaration.syncColumn {
        try explaining(
          declaration, "the trigger that keeps '\(sync.to)' of '\(sync.table)' up to date cannot be made"
        ) {
          try SyncTrigger(connection: connection, name: declaration.name).install(sync)
        }
      }
      guard let constraint = declaration.constraint else {
        try bookkeeping.queue(declaration.queueRow)
        continue
      }
      let message = "the constraint '\(constraint.name)' cannot be added to '\(constraint.table)'"
      try explaining(declaration, message) {
        switch connection.engine {
        case .sqlite:
          let start = ContinuousClock.now
          let outcome = try SQLiteConstraint(connection: connection, constraint: constraint).add()
          try bookkeeping.certify(
            update: declaration.name, version: file.version, outcome, duration: .now - start)
        case .postgres:
          try PostgresConstraint(connection: connection, constraint: constraint).addUnvalidated()
          try bookkeeping.queue(declaration.queueRow)
        }
      }
    }
  }

  /// Names the declaration's place in errors. A lock that was not free is met again by a retry.
  private func explaining(
    _ declaration: UpdateDeclaration, _ message: String, _ body: () throws -> Void
  ) throws {
    do {
      try body()
    } catch var error as GradusError {
      error.file = file.path
      error.position = declaration.position
      throw error
    } catch let error as SQLError where error.code.isOfStatement {
      throw GradusError(
        .deltaFailed, message, file: file.path, position: declaration.position,
        hint: (error.hint.map { $0 + "; " } ?? "") + "nothing of this file was kept; "
          + (error.code.advice ?? "mend it and run again"),
        cause: error)
    }
  }
}
