import ArgumentParser
import Foundation
import Gradus
import GradusReports
import GradusSQL
import GradusUpdates

struct UpdatesListCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list",
      abstract: "Show the queue of background updates, in the order in which it is worked off.",
      discussion: App.help(
        "An update that is parked is shown with the error that it failed with.",
        examples: "updates list", "updates list --completed --format json"))
  }

  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions
  @Flag(help: "Show the certificates of completed updates, too.") var completed = false

  func run() async throws {
    let context = try CommandContext(App.self, schema, database)
    let read = try await context.readEach { database, session in
      let (listings, certificates) = try await session.run { connection in
        try Admission.checkMade(DatabaseStateReader(rules: []).read(connection))
        let isOurs = try CatalogTables.names(connection).contains("gradus_update_certificates")
        return (
          try UpdateListing.read(connection, registry: context.registry),
          isOurs ? try UpdateCertificate.readAll(on: connection) : []
        )
      }
      return UpdatesDocument(
        updates: listings.map { UpdateReport($0, database: database.name) },
        completed: certificates.map { CertificateReport($0, database: database.name) })
    }
    let document = UpdatesDocument(
      updates: read.flatMap(\.updates), completed: read.flatMap(\.completed))
    switch output.format {
    case .json: try Terminal.json(document)
    case .text: Terminal.result(text(document, namesDatabases: context.databases.count > 1))
    }
  }

  private func text(_ document: UpdatesDocument, namesDatabases: Bool) -> String {
    func named(_ database: String, _ cells: [String]) -> [String] {
      namesDatabases ? [database] + cells : cells
    }
    let rows = document.updates.map { update in
      named(
        update.database,
        [
          "\(update.ordering)", "\(update.priority)", update.name, update.dependsOn ?? "",
          // An index build counts blocks, too.
          update.phase == nil ? Text.count(update.scanned) : "", update.fraction.map(Text.percent) ?? "",
          update.progress, update.note,
        ])
    }
    var text =
      rows.isEmpty
      ? "no background updates are queued"
      : Text.table(
        named("database", ["ordering", "priority", "name", "waits for", "rows", "done", "progress", "note"]),
        rows)
    for update in document.updates {
      if let reason = update.parked {
        let name = Text.printable(update.name)
        text += "\n\n\(name) is parked; 'updates retry \(name)' gives it another try:\n  \(reason)"
      }
    }
    guard completed else { return text }
    let certificates = document.completed.map { certificate in
      named(
        certificate.database,
        [
          certificate.name, Text.time(certificate.completedAt), certificate.completedBy,
          certificate.version.map(String.init) ?? "", Text.count(certificate.scanned),
          Text.count(certificate.written), Text.duration(.milliseconds(certificate.durationMs)),
          certificate.verified,
        ])
    }
    text +=
      "\n\n"
      + (certificates.isEmpty
        ? "no completed update is certified"
        : Text.table(
          named("database", ["completed", "at", "by", "version", "rows", "written", "took", "verified"]),
          certificates))
    for certificate in document.completed where !certificate.skipped.isEmpty {
      let place = namesDatabases ? "\(Text.printable(certificate.database)): " : ""
      let reasons = certificate.skipped.sorted { $0.key < $1.key }.map {
        "\n  \(Text.count($0.value)) × \(Text.printable($0.key))"
      }
      text += "\n\n\(place)\(Text.printable(certificate.name)) has left out:\(reasons.joined())"
    }
    return text
  }
}
