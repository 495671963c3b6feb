import ArgumentParser

/// Which database.
package struct DatabaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The database: postgres://..., a libpq conninfo string, sqlite:PATH or a path (or DATABASE_URL, or gradus.yaml).",
      valueName: "url"), completion: .file())
  var database: String?

  /// Whether a missing SQLite file is made; only by the commands that make databases.
  var createsFile = false

  package init() {}

  package enum CodingKeys: String, CodingKey { case database }
}
