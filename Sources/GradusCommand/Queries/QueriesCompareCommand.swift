import ArgumentParser
import Gradus
import GradusCheck

struct QueriesCompareCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "compare",
      abstract: "Find queries that a PostgreSQL server has run and nobody has committed.",
      discussion: App.help(
        "Reads pg_stat_statements, such as after the application's tests. Exits with 2 where there are some.",
        examples: "queries compare --database postgres://localhost/shop_test"))
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var server: ServerQueries
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let version = context.schema.ledger.version
    let manifest = try QueryManifest(root: context.schemaRoot, layout: context.layout, among: [version])
    let findings = UncommittedQueries(
      try await server.read(context).queries, committed: manifest.versions[version] ?? []
    ).findings(file: context.layout.queries(of: version))
    switch output.format {
    case .json: try Terminal.json(FindingsDocument(findings))
    case .text:
      for finding in findings { Terminal.result(finding.text) }
      if findings.isEmpty { Terminal.result("every query that was run is committed") }
    }
    if !findings.isEmpty { throw ExitStatus.pending }
  }
}
