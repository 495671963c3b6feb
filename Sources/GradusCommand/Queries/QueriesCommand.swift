import ArgumentParser

struct QueriesCommand<App: SchemaApplication>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "queries", abstract: "Keep the queries that a version runs, for later schemas to be checked.",
      discussion: """
        They are in schema/queries/<version>.sql, one statement each below a line such as \
        '-- query: room_name (room_id text not null)'. Write them by hand, record them in the application's own tests \
        with RecordingDriver and QueryFile.add, or import them from a server.
        """,
      subcommands: [QueriesImportCommand<App>.self, QueriesCompareCommand<App>.self])
  }
}
