import ArgumentParser
import Foundation
import GradusCheck
import GradusEngines
import GradusSQL

/// Where scratch databases are made.
struct ScratchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A PostgreSQL server for scratch databases, which are removed again (or GRADUS_SCRATCH); SQLite's are temporary files.",
      valueName: "url"))
  var scratch: String?

  /// Nil where none is given.
  func server() throws -> ScratchServer? {
    try (scratch ?? EnvironmentVariable.value("GRADUS_SCRATCH")).map(ScratchServer.init)
  }

  /// The engines to work on: the one that is asked for, or all that there can be scratch databases of.
  static func engines(_ only: EngineArgument?, _ server: ScratchServer?) -> [Engine] {
    only.map { [$0.engine] } ?? (server == nil ? [.sqlite] : [.sqlite, .postgres])
  }

  /// Says so where PostgreSQL was left out and nobody asked for that.
  static func tellWhatWasLeftOut(_ only: EngineArgument?, _ engines: [Engine]) {
    guard only == nil, engines == [.sqlite] else { return }
    Terminal.message(
      "PostgreSQL was not checked: "
        + (Engine.postgres.isBuiltIn ? "give --scratch postgres://... for that" : "this is built without it"))
  }
}
