package import Gradus
package import GradusSQL

/// Which files a squash takes away, and what takes their place. Pure.
package struct SquashPlan: Sendable {
  /// The version whose full schema takes the place of the deltas up to it.
  package let version: Int
  /// The deltas and the older full schemas that go.
  package let removed: [SchemaFile]
  /// The deltas in Swift that new databases do without.
  package let code: [SchemaFile]
  /// The updates files that stay, as a database may still have queued what they declare.
  package let kept: [SchemaFile]
  /// The engines whose full schema is not there, or only in part: a squash that was killed may have begun it.
  package let unwritten: [Engine]

  /// - Parameters:
  ///   - schema: the schema, acting as its newest version.
  ///   - version: the version.
  ///   - oldest: the oldest version of a database that has to be upgraded still; nil for the oldest that the ledger
  ///     has.
  /// - Throws: `GradusError` where such a database could not be, the version is not in the ledger, or there is nothing
  ///   to squash.
  package init(_ schema: SchemaDefinition, to version: Int, oldest: Int?) throws {
    let (ledger, tree) = (schema.ledger, schema.tree)
    guard version <= ledger.version, ledger.versions[version] != nil || version == ledger.version else {
      throw GradusError(
        .invalidFile, "the ledger has no version \(version) up to \(ledger.version)",
        hint: "it has \(ledger.versions.keys.sorted().map(String.init).joined(separator: ", "))")
    }
    self.version = version
    try Self.check(version, oldest: oldest, ledger)
    let deltas = tree.deltas.filter { $0.key <= version }.sorted { $0.key < $1.key }.flatMap(\.value)
    kept = deltas.filter { $0.kind == .updates }
    code = deltas.filter { $0.kind == .code }
    let older = tree.fullSchemas.filter { $0.key < version }.sorted { $0.key < $1.key }.flatMap(\.value)
    let going = (deltas.filter { $0.kind != .updates } + older).filter { $0.url != nil }
      .sorted { $0.path < $1.path }
    removed = going
    let present = tree.fullSchemas[version] ?? []
    unwritten = Engine.allCases.filter { engine in
      let files = present.filter { $0.applies(to: engine) }
      guard files.isEmpty else {
        // One that was written by hand is as its author wants it.
        return files.allSatisfy { $0.name == SquashedFiles.name(for: engine) }
          && !tree.missing(inFullSchema: version, upTo: ledger.version, on: engine).isEmpty
      }
      // Beside the full schema of an application on one engine alone there is nothing to write for the other.
      return present.isEmpty || going.contains { $0.applies(to: engine) }
    }
    guard !removed.isEmpty || !unwritten.isEmpty else {
      throw GradusError(
        .invalidTree,
        "there is nothing to squash: version \(version) has its full schema, and nothing comes before it")
    }
  }

  private static func check(_ version: Int, oldest: Int?, _ ledger: Ledger) throws {
    if let squashed = ledger.upgradesFrom, version < squashed {
      throw GradusError(
        .invalidFile, "the deltas up to version \(squashed) are squashed already",
        hint: "give a later version")
    }
    let declared = max(ledger.versions.keys.min() ?? version, ledger.upgradesFrom ?? .min)
    let oldest = oldest ?? declared
    guard oldest >= version else {
      throw GradusError(
        .invalidTree,
        "databases at version \(oldest) could no longer be upgraded: what leads from there to version \(version) would be gone",
        hint:
          "where no database is older than \(version) any more, say so: --oldest \(version); or squash to \(oldest) at most"
      )
    }
  }

  /// The schema as it is to be.
  ///
  /// - Parameter written: the files of the version's full schema that are written.
  package func schema(after schema: SchemaDefinition, written: [SchemaFile]) -> SchemaDefinition {
    var schema = schema
    schema.ledger.upgradesFrom = version
    let present = (schema.tree.fullSchemas[version] ?? []).filter { file in
      !unwritten.contains { file.applies(to: $0) }
    }
    schema.tree.fullSchemas = schema.tree.fullSchemas.filter { $0.key > version }
    schema.tree.fullSchemas[version] = present + written
    let removed = Set(removed)
    schema.tree.deltas = schema.tree.deltas.mapValues { files in files.filter { !removed.contains($0) } }
      .filter { !$0.value.isEmpty }
    return schema
  }
}
