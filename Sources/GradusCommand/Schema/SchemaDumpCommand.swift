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
    guard write else {
      for (database, sql) in dumps {
        Terminal.data("-- \(database.name), version \(version), \(engine.engine)\n\n\(sql)")
      }
      return
    }
    // All are looked for before the first is written: a full schema is of all logical databases or none.
    let files = try dumps.map { try file(of: $0.database, version, builder, context) }
    for (file, dump) in zip(files, dumps) {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try TextFile.write(Data(dump.sql.utf8), to: file)
      Terminal.data(file.path)
    }
  }

  /// Where a dump is to be written.
  ///
  /// - Throws: `GradusError` where that has a full schema of other files.
  private func file(
    of database: LogicalDatabase, _ version: Int, _ builder: SchemaBuilder, _ context: CommandContext
  ) throws -> URL {
    let folder = context.schemaRoot.appending(
      path: SchemaLayout.path(context.layout.fullSchema, database, version))
    let file = folder.appending(path: SquashedFiles.name(for: engine.engine))
    let others = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let foreign = others.filter { !$0.hasPrefix("full.sql.") }
    guard foreign.isEmpty else {
      throw GradusError(
        .invalidTree, "the folder has a full schema already: \(foreign.sorted().joined(separator: ", "))",
        file: folder.path,
        hint: builder.hasFullSchema(before: version, on: engine.engine)
          ? "remove these files first, if the dump is to take their place"
          : "the dump is made of them, so that they have to stay; without --write it goes to standard output")
    }
    return file
  }
}
