import ArgumentParser

/// Where the schema and the configuration are.
package struct SchemaPlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder that holds the schema and the deltas (or GRADUS_SCHEMA_ROOT).", valueName: "folder"),
    completion: .directory)
  var schemaRoot: String?

  @Option(
    help: ArgumentHelp(
      "The configuration file; gradus.yaml of this folder where there is one.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  package init() {}
}
