import ArgumentParser
import GradusSQL

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
