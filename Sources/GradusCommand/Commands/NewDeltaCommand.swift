import ArgumentParser
import Foundation
import Gradus

struct NewDeltaCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "delta",
      abstract: "Write an empty delta into the newest version's folder, with the next number.")
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
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
      throw ValidationError("A delta's name has letters, digits and underscores: add_room_topics")
    }
  }

  func run() async throws {
    let context = try CommandContext(App.self, schema, nil)
    let version = context.schema.ledger.version
    try checkDatabase(context.schema.tree)
    let folder = context.schemaRoot.appending(
      path: context.layout.delta.replacing("{database}", with: logicalDatabase)
        .replacing("{version}", with: String(version)))
    let taken = (context.schema.tree.deltas[version] ?? []).map(\.name)
    let number = (taken.compactMap { Int($0.prefix { $0.isNumber }) }.max() ?? 0) + 1
    let stem = (number < 10 ? "0" : "") + "\(number)_\(name)"
    let suffixes: [String] =
      switch engine {
      case .both: [".sql"]
      case .sqlite: [".sql.sqlite"]
      case .postgres: [".sql.postgres"]
      case .each: [".sql.sqlite", ".sql.postgres"]
      }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for suffix in suffixes {
      let file = folder.appending(path: stem + suffix)
      let text = """
        -- \(name.replacing("_", with: " ")): say why, not what.
        --
        -- Runs in one transaction with its record: no BEGIN, no COMMIT. Version \(context.schema.ledger.compatVersion) and
        -- later must still work afterwards. Indexes on existing tables belong into an .updates.yaml file.


        """
      guard FileManager.default.createFile(atPath: file.path, contents: Data(text.utf8)) else {
        throw GradusError(.invalidTree, "cannot write the file", file: file.path)
      }
      Terminal.result(file.path)
    }
  }

  /// A delta in the folder of a misspelt database would never be applied.
  private func checkDatabase(_ tree: SchemaTree) throws {
    let known = tree.databases.union([.common]).map(\.name)
    guard !known.contains(logicalDatabase) else { return }
    throw GradusError(
      .invalidTree, "the schema has no logical database '\(logicalDatabase)'",
      hint: NearestName.of(logicalDatabase, among: known).map { "did you mean '\($0)'?" }
        ?? "it has \(known.sorted().joined(separator: ", "))")
  }
}
