import Foundation
import GradusSQL
import GradusTestSupport
import Testing

/// Whatever moment a process is killed at, starting again comes to the same end.
@Suite(.serialized, .timeLimit(.minutes(10))) struct KillTests {
  private static let orders = 6_000

  /// The shop with more deltas, an index, a backfill, and enough rows for many batches.
  private static func tree() throws -> TemporarySchema {
    let tree = try TemporarySchema.shop()
    for number in 10..<30 {
      try tree.write(
        "delta/main/2/\(number)_more.sql",
        "CREATE TABLE more\(number) (x BIGINT PRIMARY KEY);\nINSERT INTO more\(number) VALUES (\(number));")
    }
    try tree.write("delta/main/2/40_notes.sql", "ALTER TABLE orders ADD COLUMN note TEXT;")
    try tree.write(
      "delta/main/2/41_more.updates.yaml",
      """
      updates:
        - {name: notes, kind: backfill, table: orders, key: id, sql: "UPDATE orders SET note = coalesce(note, '') || 'n' || amount WHERE {range}"}
        - {name: orders_by_customer, kind: index, table: orders, columns: [customer], depends_on: notes}
      """)
    return tree
  }

  private static func fill(_ database: TestDatabase, _ tree: TemporarySchema) async throws {
    let result = try await Program.gradus.run(
      ["migrate", "--to", "1", "--database", database.address], in: tree.root)
    #expect(result.status == 0, "\(result.messages)")
    try await database.open().transaction { connection in
      for start in stride(from: 1, through: orders, by: 500) {
        let ids = start..<(start + 500)
        for name in Set(ids.map { "customer \($0 % 1500)" }) {
          try connection.execute("INSERT INTO customers VALUES ($1) ON CONFLICT DO NOTHING", [.text(name)])
        }
        for id in ids {
          try connection.execute(
            "INSERT INTO orders VALUES ($1, $2, $3)",
            [SQLValue(id), .text("customer \(id % 1500)"), SQLValue(id % 97)])
        }
      }
    }
  }

  private static let commands = [
    ["migrate", "--to", "2"], ["updates", "run", "--to", "2", "--batch-size", "40", "--batch-duration", "4"],
    ["migrate"],
  ]

  @Test(arguments: TestDatabase.availableEngines, [UInt64(1), 2])
  func killedAndStartedAgain(engine: Engine, seed: UInt64) async throws {
    let tree = try Self.tree()
    try await TestDatabase.withDatabase(engine) { undisturbed in
      try await Self.fill(undisturbed, tree)
      for command in Self.commands {
        let result = try await Program.gradus.run(
          command + ["--database", undisturbed.address], in: tree.root)
        #expect(result.status == 0, "\(result.messages)")
      }
      try await TestDatabase.withDatabase(engine) { killed in
        try await Self.fill(killed, tree)
        var random = Random(seed)
        var kills = 0
        for command in Self.commands {
          while true {
            // In the end it is let run, so that a slow machine comes to an end too.
            let delay = kills < 24 ? Duration.milliseconds(5 + Int(random.next() % 160)) : nil
            let result = try await Program.gradus.run(
              command + ["--database", killed.address], in: tree.root, killAfter: delay)
            if result.status == 0 { break }
            try #require(result.status == -SIGKILL, "seed \(seed): \(result.messages)")
            kills += 1
          }
        }
        #expect(kills > 0)
        let difference = try await DatabaseDump.read(killed).difference(from: DatabaseDump.read(undisturbed))
        #expect(difference.isEmpty, "seed \(seed), \(kills) kills: \(difference.map { "\($0)" }.prefix(5))")
      }
    }
  }

  private struct Random {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
    /// SplitMix64 (Steele, Lea, Flood 2014).
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  @Test(arguments: TestDatabase.availableEngines, [SIGINT, SIGTERM])
  func stopsGracefully(engine: Engine, signal: Int32) async throws {
    let tree = try Self.tree()
    try await TestDatabase.withDatabase(engine) { database in
      try await Self.fill(database, tree)
      _ = try await Program.gradus.run(Self.commands[0] + ["--database", database.address], in: tree.root)
      // Pauses make it long enough to be met by the signal.
      let result = try await Program.gradus.run(
        Self.commands[1] + ["--sleep", "200", "--format", "json", "--database", database.address],
        in: tree.root,
        killAtOutput: #""event":"batch""#, signal: signal)
      #expect(result.status == 130)
      #expect(result.messages.contains("stopped; "))
      let rest = try await Program.gradus.run(
        Self.commands[1] + ["--database", database.address], in: tree.root)
      #expect(rest.status == 0)
      let wrong = try await database.open().run {
        try $0.queryRow("SELECT count(*) FROM orders WHERE note IS NULL OR note <> 'n' || amount")?.integer(0)
      }
      #expect(wrong == 0)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func severalStartAtOnce(engine: Engine) async throws {
    let tree = try Self.tree()
    let root = tree.root
    try await TestDatabase.withDatabase(engine) { database in
      let results = try await withThrowingTaskGroup(of: Program.Result.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await Program.gradus.run(["migrate", "--database", database.address], in: root)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results.allSatisfy { $0.status == 0 }, "\(results.map(\.messages))")
      #expect(results.filter { $0.output.contains("up to date") }.count == 3, "\(results.map(\.output))")
    }
  }
}
