import ArgumentParser
import Foundation
import Gradus
import GradusCheck

struct SchemaDumpCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "dump", abstract: "Make the full schema of a version from its deltas.",
      discussion: App.help(
        """
        Makes scratch databases of the version, completes their updates, and writes what is in them; two runs write the \
        same. What the dump makes is compared with what the deltas make. With --write the files go into the version's \
        folders, from which new databases then start.
        """,
        examples: "schema dump",
        "schema dump --engine postgres --scratch postgres://localhost/postgres --write"))
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var scratch: ScratchOptions
  @Option(help: "The engine.") var engine: EngineArgument = .sqlite
  @Option(help: "One logical database; all by default.") var logicalDatabase: String?
  @Flag(help: "Write into the version's folders instead of standard output.") var write = false

  func run() async throws {
    let context = try CommandContext(App.self, schema)
    let version = context.schema.ledger.version
    let builder = SchemaBuilder(
      schema: context.schema, registry: context.registry, server: try scratch.server())
    let full = try await FullSchema(of: version, on: engine.engine, builder)
    let dumps = full.dumps.filter { logicalDatabase == nil || $0.database.name == logicalDatabase }
    guard !dumps.isEmpty else {
      let names = full.dumps.map(\.database.name)
      throw GradusError(
        .invalidTree, "version \(version) has no logical database '\(logicalDatabase ?? "")'",
        hint: "it has \(names.joined(separator: ", "))")
    }
    for (database, sql) in dumps {
      if write {
        Terminal.data(try file(of: database, version, context, sql).path)
      } else {
        Terminal.data("-- \(database.name), version \(version), \(engine.engine)\n\n\(sql)")
      }
    }
  }

  private func file(of database: LogicalDatabase, _ version: Int, _ context: CommandContext, _ sql: String)
    throws
    -> URL
  {
    let folder = context.schemaRoot.appending(
      path: SchemaLayout.path(context.layout.fullSchema, database, version))
    let file = folder.appending(path: SquashedFiles.name(for: engine.engine))
    let others = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let foreign = others.filter { !$0.hasPrefix("full.sql.") }
    guard foreign.isEmpty else {
      throw GradusError(
        .invalidTree, "the folder has a full schema already: \(foreign.sorted().joined(separator: ", "))",
        file: folder.path, hint: "remove these files first, if the dump is to take their place")
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try TextFile.write(Data(sql.utf8), to: file)
    return file
  }
}
