/// Which full schema a new database begins with.
extension Planner {
  /// The newest full schema that is not newer than the application, complete for all databases.
  ///
  /// One that has been written for some of the databases so far, or for the other engine, is not taken: from the one before
  /// it and the deltas that follow a database comes to the same.
  func fullSchema() throws -> (Int, [SchemaFile]) {
    let versions = tree.fullSchemas.keys.filter { $0 <= ledger.version }
    let complete = versions.filter { missing(inFullSchema: $0).isEmpty }.max()
    guard let version = complete ?? versions.max() else {
      throw GradusError(
        .invalidTree, "no full schema of version \(ledger.version) or below, so no new database can be made",
        hint: "add schema/<database>/<version>/"
          + (tree.fullSchemas.isEmpty
            ? "" : "; there are \(tree.fullSchemas.keys.sorted().map(String.init).joined(separator: ", "))"))
    }
    let files = tree.fullSchemas[version]!.filter {
      databases.contains($0.database) || $0.database == .common
    }
    let without = databases.subtracting(files.map(\.database))
    let absent = missing(inFullSchema: version).subtracting([.common])
    if let database = without.union(databases.intersection(absent)).min() {
      throw GradusError(
        .invalidTree,
        "the full schema of version \(version) has no folder for the database '\(database)'"
          + (without.contains(database) ? "" : " with files for \(engine)"),
        hint: "every logical database needs one of the same version")
    }
    return (version, files.filter { $0.applies(to: engine) })
  }

  private func missing(inFullSchema version: Int) -> Set<LogicalDatabase> {
    tree.missing(inFullSchema: version, upTo: ledger.version, on: engine)
  }

  /// Full schemas that have been begun and are not taken. One that has nothing for the engine is the other's.
  func unfinished(newerThan version: Int) -> [String] {
    tree.fullSchemas.keys.filter { $0 > version && $0 <= ledger.version }.sorted().compactMap { number in
      guard !tree.databases(ofFullSchema: number, on: engine).isEmpty,
        let database = missing(inFullSchema: number).min()
      else { return nil }
      return "the full schema of version \(number) is passed over: it has no file for the database "
        + "'\(database)' on \(engine)"
    }
  }
}
