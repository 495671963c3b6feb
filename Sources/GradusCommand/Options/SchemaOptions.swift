import ArgumentParser

/// Where the schema is, and which version of the application to act as.
package struct SchemaOptions: ParsableArguments {
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

  @Option(
    help: ArgumentHelp(
      "Act as this version of the application, with that version's compat version from the ledger.",
      valueName: "version"))
  var to: Int?

  package init() {}
}
