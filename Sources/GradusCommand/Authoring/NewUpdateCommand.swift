import ArgumentParser
import Foundation
import Gradus
import GradusSQL

struct NewUpdateCommand<App: SchemaApplication>: AsyncParsableCommand, AuthoringCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "update",
      abstract: "Declare a background update in the newest version's folder, with the next number.",
      discussion: App.help(
        """
        Flags fill in what its kind takes; SQL that is left out stands as \(UpdateDeclaration.placeholder) in the file. The \
        tree is read again afterwards, and the file removed where that fails.

        Kinds, and what they take:
        \(UpdateKind.allCases.map { "  " + $0.usage }.joined(separator: "\n"))
        A constraint takes one of --not-null, --check and --references, the last one with --columns.
        """,
        examples: "new update fill_topics --kind backfill --table rooms --key room_id",
        "new update topics_by_room --kind index --table topics --columns room_id,topic --dry-run"))
  }

  @Argument(help: "The update's name, which no other may have: fill_totals.") var name: String
  @Option(help: "What it does.") var kind: UpdateKind
  @OptionGroup var schema: SchemaOptions
  @OptionGroup(title: "What it is about") var update: NewUpdateOptions
  @Option(help: ArgumentHelp("What must be complete first.", valueName: "updates")) var dependsOn: [String] =
    []
  @Option(help: "Its place in the queue; version × 100 + number of the file by default.") var ordering: Int?
  @Option(help: "The engine that it is for; both by default.") var engine: EngineArgument?
  @Option(help: "The logical database.") var logicalDatabase = "main"
  @Flag(help: "Show what would be written, and write nothing.") var dryRun = false

  func validate() throws {
    try DeltaPlace.check(name, "An update's name", example: "fill_totals")
    try update.check(kind)
  }

  func run() async throws {
    let context = try CommandContext(App.self, schema)
    try refuseTaken(context)
    let version = context.schema.ledger.version
    let place = try DeltaPlace(
      version: version, database: logicalDatabase, context.schema.tree, context.layout)
    let template = UpdateTemplate(
      name: name, kind: kind, fields: update.fields, dependsOn: ColumnList.split(dependsOn),
      ordering: ordering,
      engine: engine?.engine, version: version)
    let path = place.path(name, ".updates.yaml")
    let edit = TreeEdit(root: context.schemaRoot, changes: [.create(path: path, text: template.text)])
    guard !dryRun else {
      _ = try UpdateDeclaration.all(in: template.text, file: path)
      return Terminal.result(edit.preview)
    }
    try edit.apply { try verify(path) }
    Terminal.data(context.schemaRoot.appending(path: path).path)
    if template.isUnfinished {
      Terminal.message("write its SQL in place of \(UpdateDeclaration.placeholder)")
    }
    if kind == .handler, !context.registry.names.contains(name) {
      Terminal.message("register a handler named '\(name)' in the application")
    }
  }

  private func refuseTaken(_ context: CommandContext) throws {
    if let other = context.schema.tree.declarations[name] {
      throw GradusError(
        .invalidTree, "an update is named '\(name)' already", file: other.file, hint: "choose another name")
    }
    if let version = try context.schema.tree.updateOrigins()[name] {
      throw GradusError(
        .invalidTree, "a delta of version \(version) queues '\(name)' already", hint: "choose another name")
    }
    let isDeclared = App.declarations.contains { $0.name == name }
    guard isDeclared || kind != .handler && context.registry.names.contains(name) else { return }
    throw GradusError(
      .invalidTree, "the application has an update named '\(name)' already",
      hint: isDeclared ? "choose another name" : "choose another name, or declare it with --kind handler")
  }

  /// The tree must be readable, and have the update.
  private func verify(_ path: String) throws {
    let context = try CommandContext(App.self, schema)
    guard context.schema.tree.declarations[name]?.file == path else {
      throw GradusError(
        .invalidTree, "the file does not declare '\(name)' as it should", file: path,
        hint: "write it by hand, and report this")
    }
  }
}
