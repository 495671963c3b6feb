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

  package func validate() throws {
    // Of a script's variable that is not set; it would be the current folder.
    guard schemaRoot?.isEmpty != true else {
      throw ValidationError("--schema-root names no folder: leave it out, or give one")
    }
  }
}
