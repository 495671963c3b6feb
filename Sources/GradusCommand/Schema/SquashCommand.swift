import ArgumentParser
import Foundation
import Gradus
import GradusCheck
import GradusSQL

struct SquashCommand<App: SchemaApplication>: AsyncParsableCommand, AuthoringCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "squash", abstract: "Put a version's full schema in place of the deltas up to it.",
      discussion: App.help(
        """
        New databases then start from it, databases at it or later are upgraded as before, and older ones are refused: the \
        ledger gets 'upgrades_from'. Updates files stay, as databases may still have queued what they declare. All of it is \
        tried on scratch databases of both engines first.
        """,
        examples: "squash --to 86 --dry-run", "squash --scratch postgres://localhost/postgres"))
  }

  @OptionGroup var schema: SchemaPlaceOptions
  @Option(
    help: ArgumentHelp(
      "The version whose full schema is made; the compat version by default.", valueName: "version"))
  var to: Int?
  @OptionGroup var scratch: ScratchOptions
  @Option(
    help: ArgumentHelp(
      "The oldest version that any database is at; by default the oldest that the ledger has.",
      valueName: "version"))
  var oldest: Int?
  @Flag(help: "Show which files would be written and removed, and change nothing.") var dryRun = false

  func run() async throws {
    let context = try newest()
    let plan = try SquashPlan(
      context.schema, to: to ?? context.schema.ledger.compatVersion, oldest: oldest)
    if dryRun { return preview(plan, context) }
    guard let server = try scratch.server() else {
      throw GradusError(
        .invalidTree,
        "a squash is tried on both engines, and no PostgreSQL server for scratch databases is given",
        hint: "give --scratch postgres://localhost/postgres or set GRADUS_SCRATCH; or look with --dry-run")
    }
    let before = SchemaBuilder(schema: context.schema, registry: context.registry, server: server)
    var dumps: [Engine: FullSchema] = [:]
    for engine in plan.unwritten {
      Terminal.message("making version \(plan.version) on \(engine)")
      dumps[engine] = try await FullSchema(of: plan.version, on: engine, before)
    }
    let full = try SquashedFiles(dumps, version: plan.version)
    defer { full.discard() }
    let after = SchemaBuilder(
      schema: plan.schema(after: context.schema, written: full.files), registry: context.registry,
      server: server)
    for engine in Engine.allCases {
      Terminal.message("trying it on \(engine)")
      try await SquashTrial(before, after, version: plan.version).run(on: engine)
    }
    try write(plan, full, context, expecting: after.schema)
  }

  /// The schema as the newest version has it.
  private func newest() throws -> CommandContext {
    try CommandContext(App.self, schema)
  }

  private func write(
    _ plan: SquashPlan, _ full: SquashedFiles, _ context: CommandContext, expecting expected: SchemaDefinition
  ) throws {
    let ledger = context.schemaRoot.appending(path: context.layout.ledger)
    let text = try ledgerText(String(contentsOf: ledger, encoding: .utf8), plan, context)
    // What is new comes first. A process that is killed in between leaves a full schema that is not taken yet, as a part of
    // it is missing, or deltas that it holds already: the next squash does the rest.
    let edit = TreeEdit(
      root: context.schemaRoot,
      changes: zip(full.files, full.texts).map { write($1, to: path(of: $0, context), context) }
        + [.replace(path: context.layout.ledger, text: text)]
        + plan.removed.map { .remove(path: $0.path) })
    try edit.apply {
      let changed = try newest().schema
      guard changed.ledger == expected.ledger, changed.tree.declarations == expected.tree.declarations,
        changed.tree.deltas == expected.tree.deltas
      else {
        throw GradusError(
          .invalidTree, "the squashed tree does not say what it should", file: context.layout.ledger,
          hint: "nothing was changed; please report this")
      }
    }
    for file in full.files { Terminal.result("written \(path(of: file, context))") }
    Terminal.result(
      "removed \(plan.removed.count) files; databases are upgraded from version \(plan.version) on")
    note(plan)
  }

  private func ledgerText(_ text: String, _ plan: SquashPlan, _ context: CommandContext) throws -> String {
    var ledger = try LedgerText(text, file: context.layout.ledger)
    if context.schema.ledger.upgradesFrom == nil {
      try ledger.add("upgrades_from", plan.version, after: "compat_version")
    } else {
      try ledger.set("upgrades_from", to: plan.version)
    }
    return ledger.text
  }

  private func write(_ text: String, to path: String, _ context: CommandContext) -> TreeEdit.Change {
    FileManager.default.fileExists(atPath: context.schemaRoot.appending(path: path).path)
      ? .replace(path: path, text: text) : .create(path: path, text: text)
  }

  private func path(of file: SchemaFile, _ context: CommandContext) -> String {
    SchemaLayout.path(context.layout.fullSchema, file.database, file.version) + "/\(file.name)"
  }

  private func preview(_ plan: SquashPlan, _ context: CommandContext) {
    if !plan.unwritten.isEmpty {
      let names = plan.unwritten.map(SquashedFiles.name(for:)).joined(separator: ", ")
      for database in context.schema.tree.databases.union([.common]).sorted() {
        let folder = SchemaLayout.path(context.layout.fullSchema, database, plan.version)
        Terminal.result("write  \(folder)/\(names)")
      }
    }
    for file in plan.removed { Terminal.result("remove \(file.path)") }
    for file in plan.kept { Terminal.result("keep   \(file.path)") }
    Terminal.result("change \(context.layout.ledger): upgrades_from: \(plan.version)")
    note(plan)
  }

  private func note(_ plan: SquashPlan) {
    guard !plan.code.isEmpty else { return }
    let names = plan.code.map(\.recordedName).joined(separator: ", ")
    Terminal.message(
      "deltas in Swift up to version \(plan.version) need not be registered any more: \(names)")
  }
}
