import Gradus
package import GradusSQL

/// Tries the queries of older versions on a newer schema, over the states that an upgrade goes through.
package struct FloorFinder: Sendable {
  private let builder: SchemaBuilder
  private let manifest: QueryManifest
  private let engines: [Engine]
  private let traces: VersionTraces?

  package init(_ builder: SchemaBuilder, _ manifest: QueryManifest, engines: [Engine]) {
    self.init(builder, manifest, engines: engines, traces: nil)
  }

  /// - Parameter traces: what the deltas of all versions do, where that is known already.
  init(_ builder: SchemaBuilder, _ manifest: QueryManifest, engines: [Engine], traces: VersionTraces?) {
    self.builder = builder
    self.manifest = manifest
    self.engines = engines
    self.traces = traces
  }

  /// The floor of a version.
  ///
  /// - Throws: `GradusError` where the version cannot be made, or a query does not work on its own version's schema.
  package func floor(of version: Int) async throws -> CompatFloor {
    let ledger = builder.schema.ledger
    let versions = builder.schema.buildableVersions.filter {
      $0 <= version && manifest.versions[$0] != nil
    }
    var breakages: [CompatFloor.Breakage] = []
    var warnings: [CompatFloor.Breakage] = []
    var notes: Set<String> = []
    for engine in engines {
      let trial = EngineTrial(builder: builder, manifest: manifest, engine: engine, traces: traces)
      let result = try await trial.run(versions, on: version)
      breakages += result.breakages
      warnings += result.warnings
      notes.formUnion(result.notes)
    }
    return CompatFloor(
      version: version, ledger: ledger, checked: Set(versions), breakages: breakages, warnings: warnings,
      notes: notes.sorted())
  }
}
