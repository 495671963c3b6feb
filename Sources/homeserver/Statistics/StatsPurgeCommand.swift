import ArgumentParser
import Foundation
import GradusCommand
import GradusSQL
import HomeserverSchema

struct StatsPurgeCommand: AsyncParsableCommand, FormattedCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Have old statistics removed from the history, in the background.",
    discussion: Homeserver.help(
      """
      Queues the update 'stats_purge_history', which removes the rows of slices of time that ended so long ago, batch by \
      batch. Where it is queued already, it removes what either order asks for.
      """,
      examples: "stats purge --older-than 90d"))

  @Option(help: ArgumentHelp("How old: a number with s, m, h, d or w, such as 90d.", valueName: "age"))
  var olderThan: Age
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let order = HistoryPurge(before: now - olderThan.milliseconds)
    let outcome = try await MainDatabase(schema, database).write { try order.queue(on: $0) }
    guard output.format == .text else { return try Terminal.json(Document(outcome)) }
    let rows = outcome.rows.map { "about \(Text.count($0)) rows" } ?? "rows"
    Terminal.result(
      "queued: stats_purge_history, \(rows) of slices that ended before \(Text.time(outcome.beforeTimestamp))"
    )
  }

  private struct Document: Encodable {
    let format = 1
    let queued = ["stats_purge_history"]
    /// Rows of slices that ended before this moment go; in milliseconds since 1970.
    let beforeTimestamp: Int64
    /// How many rows these are, roughly.
    let rows: Int?

    init(_ outcome: HistoryPurge.Outcome) {
      (beforeTimestamp, rows) = (outcome.beforeTimestamp, outcome.rows)
    }

    enum CodingKeys: String, CodingKey {
      case format, queued, rows
      case beforeTimestamp = "before_ts"
    }
  }
}
