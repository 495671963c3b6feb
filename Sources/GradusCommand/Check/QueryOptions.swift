import ArgumentParser
import Gradus
import GradusCheck

/// Where the queries of released versions come from.
struct QueryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take a released version's queries from its git tag where there is one, such as 'v{version}'.",
      valueName: "pattern"))
  var tags: String?

  func validate() throws {
    guard let tags, !tags.contains("{version}") else { return }
    throw ValidationError("--tags needs {version} in it, such as 'v{version}'")
  }

  func manifest(_ context: CommandContext) throws -> QueryManifest {
    try QueryManifest(
      root: context.schemaRoot, layout: context.layout, among: context.schema.ledger.versions.keys, tags: tags)
  }
}
