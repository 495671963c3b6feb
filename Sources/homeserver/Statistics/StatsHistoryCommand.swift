import ArgumentParser
import Foundation
import GradusCommand
import GradusSQL
import HomeserverSchema

struct StatsHistoryCommand: AsyncParsableCommand, FormattedCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show the statistics of a room or a user over time.",
    discussion: Homeserver.help(
      """
      A line for each slice of time. In a slice without a row nothing changed: how things were is carried forward ('-' \
      where nothing is known that early), and nothing happened. The last slice may still be under way. \
      A row of a longer slice counts where that ends: in shorter ones the day under way is not shown before its end.
      """,
      examples: "stats history '@user:example.org' --since 30d --slice 1d"))

  @Argument(help: "The room (!...) or user (@...).") var id: String
  @Option(help: ArgumentHelp("How far back: a number with s, m, h, d or w.", valueName: "age"))
  var since = Age(argument: "7d")!
  @Option(help: ArgumentHelp("The length of the slices.", valueName: "length")) var slice = Age(
    argument: "1d")!
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    try SubjectID.check(id)
    guard slice.milliseconds > 0 else { throw ValidationError("--slice must be above 0") }
  }

  func run() async throws {
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    let (id, from, length) = (id, now - since.milliseconds, slice.milliseconds)
    let series = try await MainDatabase(schema, database).read { connection in
      StatisticsSheet.isOfUser(id)
        ? try StatisticsSeries.user(id, from: from, to: now, length: length, on: connection)
        : try StatisticsSeries.room(id, from: from, to: now, length: length, on: connection)
    }
    if output.format == .json {
      for point in series.points { try Terminal.json(Line(point)) }
      return
    }
    let columns = series.points.first.map { $0.absolute.keys.sorted() + $0.perSlice.keys.sorted() } ?? []
    let rows = series.points.map { point in
      [Text.time(point.slice.start)]
        + columns.map { column in
          (point.perSlice[column] ?? point.absolute[column] ?? nil).map { Text.count(Int($0)) } ?? "-"
        }
    }
    Terminal.result(Text.table(["from"] + columns, rows))
  }

  /// A point as a line of JSON.
  private struct Line: Encodable {
    let format = 1
    let start: Int64
    let end: Int64
    let recorded: Bool
    let absolute: [String: Int64?]
    let perSlice: [String: Int64]

    init(_ point: StatisticsPoint) {
      start = point.slice.start
      end = point.slice.end
      recorded = point.isRecorded
      absolute = point.absolute
      perSlice = point.perSlice
    }

    enum CodingKeys: String, CodingKey {
      case format, start, end, recorded, absolute
      case perSlice = "per_slice"
    }
  }
}
