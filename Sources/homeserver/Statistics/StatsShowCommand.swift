import ArgumentParser
import GradusCommand
import GradusSQL
import HomeserverSchema

struct StatsShowCommand: AsyncParsableCommand, FormattedCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the statistics of a room or a user.",
    discussion: Homeserver.help(
      "A user's id begins with '@', a room's with '!'.",
      examples: "stats show '!room:example.org'"))

  @Argument(help: "The room or user.") var id: String
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { try SubjectID.check(id) }

  func run() async throws {
    let id = id
    let sheet = try await MainDatabase(schema, database).read { try StatisticsSheet(of: id, on: $0) }
    if let sheet, !sheet.values.isEmpty {
      switch output.format {
      case .json: try Terminal.json(sheet)
      case .text:
        Terminal.result(sheet.values.map { "\($0.name): \(Text.printable($0.text))" }.joined(separator: "\n"))
        if sheet.isQueued { Terminal.message("note: an update that computes these anew is queued") }
      }
      return
    }
    let what = StatisticsSheet.isOfUser(id) ? "user" : "room"
    guard let sheet else {
      throw HomeserverError(.noStatistics, "the server knows no \(what) '\(id)'")
    }
    let hint =
      sheet.isQueued
      ? "the update that computes them is queued: 'updates run' runs it"
      : "'stats regenerate --missing' has them computed, for rooms that the server is in"
    throw HomeserverError(
      .noStatistics, "there are no statistics of the \(what) '\(id)' yet\n  hint: \(hint)")
  }
}
