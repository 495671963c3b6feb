import ArgumentParser
import Foundation
import Gradus
import GradusCheck
import GradusSQL

struct CheckRulesCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "rules", abstract: "Check what deltas do to the versions that are still admitted.",
      discussion: App.help(
        """
        Applies every delta, statement by statement, to scratch databases of the version before it, and judges by what \
        changes in the schema. A finding that is meant is suppressed in the delta, with a reason: \
        -- gradus:ignore C01 nobody reads it since version 84. 'explain RULE' says why a rule is there. Exits with 2 \
        where something is found.
        """,
        examples: "check", "check --base main --scratch postgres://localhost/postgres --format sarif"))
  }

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case sarif
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var scratch: ScratchOptions
  @OptionGroup var queries: QueryOptions
  @Option(
    help: ArgumentHelp(
      "Only what changes since the work left a branch, tag or commit bring about; deltas of it must be as they were.",
      valueName: "ref"))
  var base: String?
  @Option(
    help: "One engine; by default SQLite, and PostgreSQL where a server for scratch databases is given.")
  var engine: EngineArgument?
  @Option(help: "How findings are written.") var format: Format = .text

  var output: OutputOptions { OutputOptions(format == .text ? .text : .json) }

  func run() async throws {
    let context = try CommandContext(App.self, schema)
    let server = try scratch.server()
    let engines = ScratchOptions.engines(engine, server)
    let builder = SchemaBuilder(schema: context.schema, registry: context.registry, server: server)
    let manifest = try queries.manifest(context)
    let result = try await Checker(builder, manifest, engines: engines).run()
    var findings = result.findings
    if let base {
      let git = try GitChanges.sinceFork(from: base, root: context.schemaRoot)
      let files = try git.files()
      let changed = ChangedFindings(changed: files.keys, layout: context.layout)
      findings = findings.filter(changed.contains)
      findings += try BaseRules(schema: context.schema, layout: context.layout, git: git).findings(files)
    }
    let meant = try Suppression.rules(inLedger: context.layout.ledger, below: context.schemaRoot)
    findings.removeAll { $0.file == nil && meant.contains($0.rule) }
    switch format {
    case .text: show(findings, engines)
    case .json: try Terminal.json(FindingsDocument(findings, notes: result.notes))
    case .sarif:
      try Terminal.json(
        SARIFDocument(
          findings, program: App.name,
          places: SARIFPlaces(root: context.schemaRoot, ledger: context.layout.ledger)))
    }
    for note in result.notes { Terminal.message("warning: \(note)") }
    ScratchOptions.tellWhatWasLeftOut(engine, engines)
    if !findings.isEmpty { throw ExitStatus.pending }
  }

  private func show(_ findings: [Finding], _ engines: [Engine]) {
    for finding in findings { Terminal.result(finding.text) }
    let names = engines.map(\.description).joined(separator: " and ")
    Terminal.result(findings.isEmpty ? "nothing found on \(names)" : "\(findings.count) found on \(names)")
  }
}
