import ArgumentParser
import Foundation
import Gradus
import GradusCommand
import GradusSQL

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Make a sample database and take it through a whole gradual migration.",
    discussion: Homeserver.help(
      """
      Version 86 (N), sample data, upgrade to 87 (N+1), background updates beside live writes, rollback to 86, upgrade \
      again (purge and catch-up), and 88 (N+2) with completion in the foreground. At the end every derived row is \
      compared with one computed from scratch.

      The demo makes what it needs and removes it: a SQLite file in a temporary folder, or a schema of its own in the \
      PostgreSQL database that --database names.
      """,
      examples: "demo", "demo --database postgres://localhost/mydb --rooms 200 --memberships 2000"))

  @OptionGroup var schema: SchemaPlaceOptions
  @Option(
    help: ArgumentHelp("A PostgreSQL database, or a SQLite file that is not there yet.", valueName: "url"))
  var database: String?
  @OptionGroup var sample: SampleOptions
  @Flag(help: "Keep the database at the end.") var keep = false

  func run() async throws {
    // First, as it may fail: there is nothing to remove yet.
    let context = try CommandContext(Homeserver.self, schema)
    let sample = sample.database
    let isRight = try await DemoDatabase.with(database, isKept: keep) { place in
      defer { if keep { Terminal.message("kept: \(place.description)") } }
      return try await Demo(
        sample: sample, database: PhysicalDatabase(driver: place.driver), context: context
      ).run()
    }
    guard isRight else { throw ExitCode(1) }
  }
}
