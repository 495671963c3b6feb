public import Foundation

/// An application's schema: its ledger and its tree, read from a folder.
public struct SchemaDefinition: Sendable {
  /// What the application expects.
  public var ledger: Ledger
  /// The files.
  public var tree: SchemaTree

  /// - Parameters:
  ///   - ledger: what the application expects.
  ///   - tree: the files.
  public init(ledger: Ledger, tree: SchemaTree) {
    self.ledger = ledger
    self.tree = tree
  }

  /// Reads a schema.
  ///
  /// - Parameters:
  ///   - root: the folder that holds the ledger and the deltas.
  ///   - layout: where in it they are.
  ///   - codeDeltas: deltas in Swift.
  ///   - knownUpdates: names of updates that Swift handlers or plain SQL deltas provide.
  /// - Throws: `GradusError` for the first thing that is wrong.
  public init(
    root: URL, layout: SchemaLayout = SchemaLayout(), codeDeltas: [CodeDelta] = [],
    knownUpdates: Set<String> = []
  ) throws {
    // As a folder: a path relative to a file would replace the file's name.
    let root = URL(filePath: root.path, directoryHint: .isDirectory)
    ledger = try Ledger(contentsOf: URL(filePath: layout.ledger, relativeTo: root))
    tree = try SchemaTreeLoader(root: root, layout: layout, codeDeltas: codeDeltas).load()
    let version = ledger.version
    tree.deltasAboveLedger = tree.deltas.filter { $0.key > version }.sorted { $0.key < $1.key }
      .compactMap(\.value.first)
    try checkDatabases(ledgerPath: layout.ledger)
    let named = ledger.gradualMigrations.flatMap { $0.updates + $0.staleness.map(\.requeue.update) }
    try UpdateDependencies.check(Array(tree.declarations.values), known: knownUpdates.union(named))
  }

  /// Refuses a gradual migration of a logical database without files: no plan would ever look at it, and a version would
  /// rely on what nobody has completed.
  private func checkDatabases(ledgerPath: String) throws {
    let known = tree.databases.union([.common])
    guard let migration = ledger.gradualMigrations.first(where: { !known.contains($0.database) }) else {
      return
    }
    let names = known.map(\.name).sorted()
    throw GradusError(
      .invalidTree,
      "the gradual migration '\(migration.name)' is of the database '\(migration.database)', which has no files",
      file: ledgerPath,
      hint: NearestName.hint(
        for: migration.database.name, among: names,
        otherwise: "say by 'database' of which it is: \(names.joined(separator: ", "))"))
  }
}

extension SchemaDefinition {
  /// The same files with the ledger as a version of the application has it.
  ///
  /// - Throws: `GradusError` where the ledger has no such version.
  public func acting(as version: Int) throws -> SchemaDefinition {
    SchemaDefinition(ledger: try ledger.acting(as: version), tree: tree)
  }

  /// The same without guards: the purge at a start has to find everything.
  package var withoutGuards: SchemaDefinition {
    var schema = self
    for migration in schema.ledger.gradualMigrations.indices {
      for rule in schema.ledger.gradualMigrations[migration].staleness.indices {
        schema.ledger.gradualMigrations[migration].staleness[rule].guards = []
      }
    }
    return schema
  }
}
