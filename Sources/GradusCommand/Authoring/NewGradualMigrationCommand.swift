import ArgumentParser
import Foundation
import Gradus

struct NewGradualMigrationCommand<App: SchemaApplication>: AsyncParsableCommand, AuthoringCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "gradual-migration",
      abstract:
        "Begin a change over releases: a derived table, the updates that fill it, and its ledger entry.",
      discussion: App.help(
        """
        Writes version N+1, which adds and fills the table, and N+2, which completes it, into the ledger, whose comments \
        stay; and their deltas. N+1 becomes the version that the application expects. On a terminal it asks for what no \
        flag says. The tree is read again afterwards, and everything put back where that fails.
        """,
        examples:
          "new gradual-migration room_topics --key room_id --source-table events --source-position stream_ordering"
      ))
  }

  @Argument(help: "Its name, unique in the ledger: order_totals.") var name: String
  @OptionGroup var schema: SchemaPlaceOptions
  @Option(help: "The derived table; named as the migration by default.") var table: String?
  @Option(help: ArgumentHelp("Its key.", valueName: "columns")) var key: [String] = []
  @Option(
    help: ArgumentHelp(
      "Its column for the source's position that a row reflects; last_ and that one's name by default.",
      valueName: "column"))
  var position: String?
  @Option(help: ArgumentHelp("The table that it is derived from.", valueName: "table")) var sourceTable:
    String?
  @Option(
    help: ArgumentHelp(
      "The source's columns that match the key; named alike by default.", valueName: "columns"))
  var sourceKey: [String] = []
  @Option(help: ArgumentHelp("The source's column that grows with every write.", valueName: "column"))
  var sourcePosition: String?
  @Option(
    help: ArgumentHelp("The version that adds the table; the next one by default.", valueName: "version"))
  var starts: Int?
  @Option(
    help: ArgumentHelp("The version that relies on it; the one after by default.", valueName: "version"))
  var completes: Int?
  @Option(help: "The logical database.") var logicalDatabase = "main"
  @OptionGroup var scratch: ScratchOptions
  @Flag(help: "Show what would be written, and write nothing.") var dryRun = false

  func validate() throws {
    try DeltaPlace.check(name, "A gradual migration's name", example: "order_totals")
  }

  func run() async throws {
    let context = try CommandContext(App.self, schema)
    let template = try await template(context)
    let ledgerFile = context.schemaRoot.appending(path: context.layout.ledger)
    let edit = GradualMigrationEdit(
      template: template, ledger: context.schema.ledger, ledgerPath: context.layout.ledger)
    let expected = try edit.expected()
    let text = try edit.ledgerText(String(contentsOf: ledgerFile, encoding: .utf8))
    let first = try place(template.starts, context), last = try place(template.completes, context)
    let changes = TreeEdit(
      root: context.schemaRoot,
      changes: [
        .create(path: first.path(name, template.suffix), text: template.tablesSQL),
        .create(path: first.path("fill_\(name)", ".updates.yaml", offset: 1), text: template.updatesYAML),
        .create(path: last.path("\(name)_complete", template.suffix), text: template.noteSQL),
        // Last, as it makes the others count.
        .replace(path: context.layout.ledger, text: text),
      ])
    guard !dryRun else { return Terminal.result(changes.preview) }
    try changes.apply { try verify(expected) }
    for change in changes.changes { Terminal.data(context.schemaRoot.appending(path: change.path).path) }
    Terminal.message(
      """
      version \(template.starts): add what is derived to \(template.table), in its delta and its update, and write it \
      wherever \(template.source.table) is written
      version \(template.completes): when its time comes, set 'version: \(template.completes)' and \
      'compat_version: \(expected.versions[template.completes]?.compatVersion ?? template.starts)' in the ledger
      """)
  }

  private func place(_ version: Int, _ context: CommandContext) throws -> DeltaPlace {
    try DeltaPlace(version: version, database: logicalDatabase, context.schema.tree, context.layout)
  }

  private func template(_ context: CommandContext) async throws -> GradualMigrationTemplate {
    let ledger = context.schema.ledger
    if let other = ledger.gradualMigrations.first(where: { $0.name == name }) {
      throw GradusError(
        .invalidFile, "a gradual migration is named '\(name)' already; it starts at \(other.starts)",
        hint: "choose another name")
    }
    let questions = Questions(isInteractive: isatty(STDIN_FILENO) == 1)
    func columns(_ given: [String], _ question: String, _ flag: String, _ usual: String? = nil) async throws
      -> [String]
    {
      let list = given.isEmpty ? nil : given.joined(separator: ",")
      let columns = ColumnList.split([try await questions.answer(list, question, flag: flag, default: usual)])
      guard !columns.isEmpty else { throw ValidationError("\(flag) is missing: \(question)") }
      return columns
    }
    func number(_ given: Int?, _ question: String, _ flag: String, _ usual: Int) async throws -> Int {
      let answer = try await questions.answer(
        given.map(String.init), question, flag: flag, default: String(usual))
      guard let number = Int(answer) else {
        throw ValidationError("\(flag) is a version's number, not '\(answer)'")
      }
      return number
    }
    let table = try await questions.answer(self.table, "the derived table", flag: "--table", default: name)
    let key = try await columns(self.key, "its key, columns with commas between", "--key")
    let sourceTable = try await questions.answer(
      self.sourceTable, "the table that it is derived from", flag: "--source-table")
    let sourceKey = try await columns(
      self.sourceKey, "its columns that match the key", "--source-key", key.joined(separator: ","))
    guard sourceKey.count == key.count else {
      throw ValidationError("--source-key has \(sourceKey.count) columns, and --key has \(key.count)")
    }
    let sourcePosition = try await questions.answer(
      self.sourcePosition, "its column that grows with every write", flag: "--source-position")
    let position = try await questions.answer(
      self.position, "the derived table's column for that position", flag: "--position",
      default: "last_\(sourcePosition)")
    let starts = try await number(
      self.starts, "the version that adds the table", "--starts", ledger.version + 1)
    let completes = try await number(
      self.completes, "the version that relies on it", "--completes", starts + 1)
    let source = StalenessRule.Source(table: sourceTable, key: sourceKey, position: sourcePosition)
    let template = GradualMigrationTemplate(
      name: name, database: logicalDatabase, starts: starts, completes: completes, table: table, key: key,
      position: position, source: source,
      columns: try await SourceColumns.read(
        source, newTables: [table, "\(table)_queue"], context, scratch.server()))
    let origins = try context.schema.tree.updateOrigins()
    if let taken = template.updates.first(where: { origins[$0] != nil || context.registry.names.contains($0) }
    ) {
      throw GradusError(.invalidTree, "there is an update '\(taken)' already", hint: "choose another --table")
    }
    return template
  }

  /// The ledger must say what it did, and the migration; the tree must be readable, and declare the updates.
  private func verify(_ expected: Ledger) throws {
    let context = try CommandContext(App.self, schema)
    guard context.schema.ledger == expected else {
      throw GradusError(
        .invalidFile, "the changed ledger does not say what it should", file: context.layout.ledger,
        hint: "write the entry by hand ('--dry-run' shows it), and report this")
    }
  }
}
