import ArgumentParser
import Foundation
import GradusSQL
import GradusTestSupport
import HomeserverFixtures

@main
struct CompareFixture: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare-fixture",
    abstract:
      "Run the homeserver program on a real server's databases, and compare the rows with that server's.",
    discussion:
      "The databases are those of GRADUS_FIXTURES, else of ../shared/fixtures. Exits with 1 where rows differ."
  )

  enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
    case sqlite
    case postgres
    case both

    var engines: [Engine] {
      switch self {
      case .sqlite: [.sqlite]
      case .postgres: [.postgres]
      case .both: Engine.allCases
      }
    }
  }

  @Option(help: "Where to run it; PostgreSQL is the server that GRADUS_TEST_POSTGRES names.") var engine:
    EngineChoice = .both
  @Option(help: ArgumentHelp("The homeserver program.", valueName: "path")) var homeserver: String

  func run() async throws {
    guard Fixtures.areAvailable else {
      throw ValidationError("no fixtures in \(Fixtures.folder.path); set GRADUS_FIXTURES to their folder")
    }
    var report = Report()
    for engine in engine.engines {
      for scenario in Scenario.all {
        try await scenario.run(on: engine, Homeserver(path: homeserver), &report)
      }
    }
    print(report.text)
    if !report.isEqual { throw ExitCode(1) }
  }
}
