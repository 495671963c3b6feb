import Gradus
package import GradusSQL

extension SchemaBuilder {
  /// Whether deltas make a version, as an older full schema is there to begin with.
  package func hasFullSchema(before version: Int, on engine: Engine) -> Bool {
    let tree = schema.tree
    return tree.fullSchemas.keys.contains { older in
      older < version && !tree.databases(ofFullSchema: older, on: engine).isEmpty
        && tree.missing(inFullSchema: older, upTo: version, on: engine).isEmpty
    }
  }

  /// The same, but that a version's databases are made by deltas also where it has a full schema: what is in that says
  /// nothing of what they make. The same where there is nothing older to begin with.
  func makingByDeltas(_ version: Int, on engine: Engine) -> SchemaBuilder {
    guard hasFullSchema(before: version, on: engine) else { return self }
    var schema = schema
    schema.tree.fullSchemas[version] = nil
    return SchemaBuilder(schema: schema, registry: registry, server: server)
  }
}
