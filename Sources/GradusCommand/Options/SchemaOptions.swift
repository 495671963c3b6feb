import ArgumentParser

/// Where the schema is, and which version of the application to act as.
package struct SchemaOptions: ParsableArguments {
  @OptionGroup var place: SchemaPlaceOptions

  @Option(
    help: ArgumentHelp(
      "Act as this version of the application, with that version's compat version from the ledger.",
      valueName: "version"))
  var to: Int?

  package init() {}

  package func validate() throws {
    guard to ?? 0 >= 0 else { throw ValidationError("--to must not be below 0") }
  }
}
