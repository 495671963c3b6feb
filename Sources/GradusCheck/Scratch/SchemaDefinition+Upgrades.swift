import Gradus

extension SchemaDefinition {
  /// The versions of the ledger that can be made from a full schema, oldest first.
  var buildableVersions: [Int] {
    let first = tree.fullSchemas.keys.min() ?? 0
    return ledger.versions.keys.filter { $0 >= first }.sorted()
  }

  /// The versions with deltas that follow on one that can be made, each with that one, oldest first.
  var upgrades: [(base: Int, version: Int)] {
    let versions = buildableVersions
    return zip(versions, versions.dropFirst()).map { (base: $0, version: $1) }
      .filter { tree.deltas[$0.version]?.isEmpty == false }
  }
}
