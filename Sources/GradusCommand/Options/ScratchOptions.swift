import ArgumentParser
import Foundation
import GradusCheck
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
    try (scratch ?? ProcessInfo.processInfo.environment["GRADUS_SCRATCH"]).map(ScratchServer.init)
  }
}

/// An engine on the command line.
enum EngineArgument: String, ExpressibleByArgument, CaseIterable {
  case sqlite
  case postgres

  var engine: Engine {
    switch self {
    case .sqlite: .sqlite
    case .postgres: .postgres
    }
  }
}
