import ArgumentParser
import Foundation
import GradusCommand
import GradusSQL
import HomeserverSchema

struct StatsRegenerateCommand: AsyncParsableCommand, FormattedCommand {
  static let configuration = CommandConfiguration(
    commandName: "regenerate", abstract: "Have statistics computed anew in the background.",
    discussion: Homeserver.help(
      """
      Deletes the statistics of all rooms and users and queues the updates that compute them, in one transaction; the \
      history of earlier times stays. The updates are run by the processes that run updates, or by 'updates run'. Given \
      again while they are queued, they begin anew. Rooms that all local users have left get no new statistics.
      """,
      examples: "stats regenerate --missing"))

  @Flag(help: "Delete nothing, and compute only what is missing.") var missing = false
  @Flag(help: "Only those of rooms.") var rooms = false
  @Flag(help: "Only those of users.") var users = false
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    guard missing || StatisticsOptions(environment: ProcessInfo.processInfo.environment).isEnabled else {
      throw ValidationError(
        "HOMESERVER_STATS_ENABLED switches statistics off: they would be deleted and not computed anew")
    }
    let isBoth = rooms == users
    let regeneration = StatisticsRegeneration(
      rooms: rooms || isBoth, users: users || isBoth, onlyMissing: missing)
    let outcome = try await MainDatabase(schema, database).write { try regeneration.queue(on: $0) }
    guard output.format == .text else { return try Terminal.json(Document(outcome)) }
    if !missing {
      let counts = [
        regeneration.rooms ? "\(Text.count(outcome.deletedRooms)) rooms" : nil,
        regeneration.users ? "\(Text.count(outcome.deletedUsers)) users" : nil,
      ]
      Terminal.result("deleted: the statistics of " + counts.compactMap { $0 }.joined(separator: " and "))
    }
    for name in outcome.queued {
      Terminal.result("queued: \(name)" + (outcome.restarted.contains(name) ? " (begins anew)" : ""))
    }
  }

  private struct Document: Encodable {
    let format = 1
    let queued: [String]
    /// Those of them that were queued before.
    let restarted: [String]
    let deletedRooms: Int
    let deletedUsers: Int

    init(_ outcome: StatisticsRegeneration.Outcome) {
      (queued, restarted) = (outcome.queued, outcome.restarted)
      (deletedRooms, deletedUsers) = (outcome.deletedRooms, outcome.deletedUsers)
    }

    enum CodingKeys: String, CodingKey {
      case format, queued, restarted
      case deletedRooms = "deleted_rooms"
      case deletedUsers = "deleted_users"
    }
  }
}
