import ArgumentParser
import Foundation
import Gradus
import GradusSQL

struct QueriesImportCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "import",
      abstract: "Add the queries that a PostgreSQL server has run to the version's file.",
      discussion: App.help(
        """
        Reads pg_stat_statements. What the file holds already stays as it is. Read the file before you commit it: \
        queries of other programs do not belong there, and constants in a query may be somebody's data.
        """,
        examples: "queries import --database postgres://db/shop --role shop"))
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var server: ServerQueries

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let version = context.schema.ledger.version
    let found = try await server.read(context)
    let url = URL(
      filePath: context.layout.queries(of: version),
      relativeTo: URL(filePath: context.schemaRoot.path, directoryHint: .isDirectory))
    let before = try count(url)
    try QueryFile.add(found.queries, to: url, version: version)
    Terminal.result("\(url.relativePath): \(try count(url) - before) added")
    for query in found.unreadable {
      Terminal.message("left out, as it cannot be prepared: \(SQLError.shortened(query))")
    }
  }

  private func count(_ url: URL) throws -> Int {
    try QueryFile.read(url, file: url.relativePath)?.count ?? 0
  }
}
