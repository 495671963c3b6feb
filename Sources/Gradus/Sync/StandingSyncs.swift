import GradusSQL

/// The triggers of synchronised columns that a full schema does not bring, as the search path of their database is part of them.
extension SchemaTree {
  /// The synchronised columns whose triggers stand when all deltas up to a version have been applied, in the order in which
  /// they have been made.
  func standingSyncs(
    at version: Int, in databases: Set<LogicalDatabase>, on engine: Engine
  ) -> [UpdateDeclaration] {
    var standing: [UpdateDeclaration] = []
    for (_, files) in deltas.filter({ $0.key <= version }).sorted(by: { $0.key < $1.key }) {
      for file in files
      where file.kind == .updates && (file.database == .common || databases.contains(file.database)) {
        for declaration in SyncPlace.sorted(declarations(in: file, for: engine)) {
          if let sync = declaration.droppedSync { standing.removeAll { $0.name == sync } }
          if declaration.syncColumn != nil { standing.append(declaration) }
        }
      }
    }
    return standing
  }
}
