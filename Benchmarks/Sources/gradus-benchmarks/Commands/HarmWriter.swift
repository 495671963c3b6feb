import ArgumentParser
import GradusSQL
import GradusSQLite

/// The application of `harm` on SQLite: prints how long each transaction took, in milliseconds from when it was due.
struct HarmWriter: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "harm-writer", abstract: "Writes a SQLite database at a fixed rate.", shouldDisplay: false)

  @Argument(help: "The database's file.") var path: String
  @Option(help: "Rows of the table.") var rows: Int
  @Option(help: "Transactions a second.") var rate: Int
  @Option(help: "How long it writes.") var seconds: Int
  @Option(help: "After how long it measures.") var warmUp: Int

  func run() async throws {
    let session = try await Session.open(SQLiteDriver(path: path, createsFile: false))
    let clock = ContinuousClock()
    let start = clock.now
    var lines: [String] = []
    for number in 0..<rate * seconds {
      let due = start + .seconds(Double(number) / Double(rate))
      // Where it is late already it goes on at once: the lateness is part of what an application's users see.
      try await clock.sleep(until: due)
      let id = Int64.random(in: 1...Int64(rows))
      try await session.transaction { connection in
        try connection.execute("UPDATE items SET payload = payload WHERE id = $1", [.integer(id)])
        try connection.execute(
          "INSERT INTO messages (id, text) VALUES ($1, 'a message of some length')", [.integer(id)])
      }
      if number >= rate * warmUp {
        let (seconds, attoseconds) = (clock.now - due).components
        lines.append("\(Double(seconds) * 1000 + Double(attoseconds) / 1e15)")
      }
    }
    print(lines.joined(separator: "\n"))
  }
}
