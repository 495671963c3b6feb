package import GradusSQL

extension SchemaTree {
  /// The logical databases that a full schema has no files for on an engine, although others have: it has been written for
  /// some of them so far, or for the other engine.
  ///
  /// A database may have nothing at all on an engine. What is common to all may have begun after the first full schema, and
  /// is missed only where an older one has it.
  ///
  /// - Parameters:
  ///   - version: the version of the full schema.
  ///   - newest: the newest version whose full schema counts.
  ///   - engine: the engine.
  package func missing(
    inFullSchema version: Int, upTo newest: Int, on engine: Engine
  ) -> Set<LogicalDatabase> {
    var needed: Set<LogicalDatabase> = []
    for number in fullSchemas.keys where number <= newest {
      let present = databases(ofFullSchema: number, on: engine)
      needed.formUnion(number < version ? present : present.subtracting([.common]))
    }
    return needed.subtracting(databases(ofFullSchema: version, on: engine))
  }

  /// The logical databases that a full schema has files for on an engine.
  package func databases(ofFullSchema version: Int, on engine: Engine) -> Set<LogicalDatabase> {
    Set((fullSchemas[version] ?? []).filter { $0.applies(to: engine) }.map(\.database))
  }
}
