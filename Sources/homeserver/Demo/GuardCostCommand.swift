import ArgumentParser
import Foundation
import Gradus
import GradusCommand
import GradusSQL

/// Measures what guards cost the writers of a table.
struct GuardCostCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guard-cost", abstract: "Measure what the guards of version 87 add to inserts into events.",
    discussion: Homeserver.help(
      """
      Inserts bare rows, one a statement: without guards, with guards by a writer that announces itself, and with \
      guards by one that does not. Prints the median of several rounds, in microseconds a row, the announcement included.
      """,
      examples: "guard-cost --database sqlite:cost.db"))

  @OptionGroup var schema: SchemaPlaceOptions
  @Option(
    help: ArgumentHelp("A PostgreSQL database, or a SQLite file that is not there yet.", valueName: "url"))
  var database: String?
  @Option(help: "How many rows a round inserts.") var rows = 2_000
  @Option(help: "How many rounds, the first of which is not counted.") var rounds = 9
  @Option(help: "How many rooms the rows go to.") var rooms = 500

  func validate() throws {
    guard rows > 0, rooms > 0 else { throw ValidationError("--rows and --rooms must be above 0") }
    guard rounds > 1 else { throw ValidationError("--rounds must be above 1: the first is not counted") }
  }

  func run() async throws {
    for line in try await DemoDatabase.with(database, measure) { Terminal.result(line) }
  }

  private func measure(_ place: DemoDatabase) async throws -> [String] {
    let context = try CommandContext(Homeserver.self, schema)
    let driver = try place.driver
    let session = try await Session.open(driver)
    let database = PhysicalDatabase(driver: driver)
    let guarded = try context.schema.acting(as: 87)
    let bare = guarded.withoutGuards
    try await DatabaseMigrator(schema: bare, database: database).migrate(on: session)
    let rooms = rooms
    try await session.transaction { connection in
      for room in 0..<rooms {
        try connection.execute("INSERT INTO rooms (room_id) VALUES ($1)", [.text("!\(room):example.org")])
      }
    }
    var samples: [String: [Double]] = [:]
    for round in 0..<rounds {
      // In turns, so that a growing table and a busy machine weigh on all alike.
      for (name, schema, version) in [
        ("without guards", bare, nil), ("with guards, announced", guarded, 87),
        ("with guards, not announced", guarded, nil),
      ] as [(String, SchemaDefinition, Int?)] {
        try await DatabaseMigrator(schema: schema, database: database).migrate(on: session)
        for size in [1, 100] {
          let time = try await insert(size, as: version, session)
          if round > 0 { samples["\(name), \(size) a transaction", default: []].append(time) }
        }
      }
    }
    return ["\(session.engine), \(rows) rows a round, \(rounds - 1) rounds"]
      + samples.sorted { $0.key < $1.key }.map { name, times in
        let median = times.sorted()[times.count / 2]
        return "  \(name): \(median.formatted(.number.precision(.fractionLength(1)))) us a row"
      }
  }

  /// Microseconds a row.
  private func insert(_ size: Int, as version: Int?, _ session: Session) async throws -> Double {
    let (rows, rooms) = (rows, rooms)
    return try await session.run { connection in
      let first = try (connection.queryRow("SELECT max(stream_ordering) FROM events")?[0].integer ?? 0) + 1
      func insert(_ position: Int64) throws {
        try connection.execute(
          """
          INSERT INTO events (stream_ordering, topological_ordering, depth, event_id, type, room_id, processed, outlier)
          VALUES ($1, $1, $1, $2, 'm.room.message', $3, $4, $5)
          """,
          [
            .integer(position), .text("$\(position)"), .text("!\(position % Int64(rooms)):example.org"), true,
            false,
          ])
      }
      let start = ContinuousClock.now
      for transaction in stride(from: 0, to: rows, by: size) {
        try connection.transaction { connection in
          func write() throws {
            for row in transaction..<min(transaction + size, rows) { try insert(first + Int64(row)) }
          }
          if let version {
            try connection.writing(asVersion: version, write)
          } else {
            try write()
          }
        }
      }
      return (ContinuousClock.now - start) / .microseconds(1) / Double(rows)
    }
  }
}
