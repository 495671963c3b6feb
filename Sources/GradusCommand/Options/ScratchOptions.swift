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

  /// Nil where none is given; an empty variable, as CI sets one that it has no value for, gives none.
  func server() throws -> ScratchServer? {
    let variable = ProcessInfo.processInfo.environment["GRADUS_SCRATCH"].flatMap { $0.isEmpty ? nil : $0 }
    return try (scratch ?? variable).map(ScratchServer.init)
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
