import ArgumentParser
import Gradus

struct NewDeltaCommand<App: SchemaApplication>: AsyncParsableCommand, AuthoringCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "delta",
      abstract: "Write an empty delta into the newest version's folder, with the next number.",
      discussion: App.help(
        "The file says nothing yet but a comment; it is named on standard output. See also: new update, check.",
        examples: "new delta add_room_topics",
        "new delta add_room_topics --engine each --logical-database state"))
  }

  enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
    case both
    case sqlite
    case postgres
    case each
  }

  @Argument(help: "What the delta does, in a few words: add_room_topics.") var name: String
  @OptionGroup var schema: SchemaOptions
  @Option(help: "The logical database.") var logicalDatabase = "main"
  @Option(help: "For both engines in one file, for one engine, or a file for each.") var engine:
    EngineChoice = .both

  func validate() throws {
    try DeltaPlace.check(name, "A delta's name", example: "add_room_topics")
  }

  func run() async throws {
    let context = try CommandContext(App.self, schema)
    let place = try DeltaPlace(
      version: context.schema.ledger.version, database: logicalDatabase, context.schema.tree, context.layout)
    let suffixes: [String] =
      switch engine {
      case .both: [".sql"]
      case .sqlite: [".sql.sqlite"]
      case .postgres: [".sql.postgres"]
      case .each: [".sql.sqlite", ".sql.postgres"]
      }
    let text = """
      -- \(name.replacing("_", with: " ")): say why, not what.
      --
      -- Runs in one transaction with its record: no BEGIN, no COMMIT. Version \(context.schema.ledger.compatVersion) and
      -- later must still work afterwards. Indexes on existing tables belong into an .updates.yaml file.


      """
    let paths = suffixes.map { place.path(name, $0) }
    try TreeEdit(root: context.schemaRoot, changes: paths.map { .create(path: $0, text: text) }).apply {}
    for path in paths { Terminal.data(context.schemaRoot.appending(path: path).path) }
  }
}
