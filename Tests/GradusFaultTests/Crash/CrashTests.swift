import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Processes that are killed without warning, again and again, through a database's whole life, come to what undisturbed
/// ones come to.
///
/// Lives follow each other until there have been as many kills as wanted, so that neither a fast machine has too few nor
/// a slow one takes for ever. On PostgreSQL the server process of a killed program may go on with its statement while the
/// next program starts.
@Suite(.serialized) struct CrashTests {
  /// From nothing to version N, the batches of N+1 while an application writes, the completion of N+2, an index.
  @Test(arguments: CrashSettings.engines)
  func wholeLife(engine: Engine) async throws {
    let tree = try TemporarySchema.wholeLife()
    try await live("gradus on \(engine)", kills: CrashSettings.kills) { body in
      try await Shop.with(engine, tree) { shop in
        try await body(shop.database, phases(of: shop))
      }
    }
  }

  private func phases(of shop: Shop) -> [Phase] {
    func phase(
      _ name: String, _ arguments: [String], beside: (@Sendable () async throws -> Void)? = nil
    ) -> Phase {
      let arguments = arguments + ["--format", "json"]
      return Phase(name, start: { try shop.start(arguments) }, beside: beside)
    }
    let lock = ["--lock-timeout", "60"]
    let database = shop.database
    return [
      phase("N", ["migrate", "--to", "1"] + lock),
      phase("N+1", ["migrate", "--to", "2"] + lock),
      phase("backfill", ["updates", "run", "touch_orders", "--to", "2"]) { try await write(to: database) },
      phase("N+2", ["migrate"] + lock),
      phase("index", ["updates", "run"]),
    ]
  }

  /// The application's own transactions, on the rows that batches are at. What they add is seen if it is there twice.
  private func write(to database: TestDatabase) async throws {
    let session = try await database.open()
    for number in 1...60 {
      try await session.transaction { connection in
        try connection.execute("UPDATE orders SET amount = amount + 1 WHERE id = $1", [SQLValue(number * 7)])
        try connection.execute("INSERT INTO log VALUES ($1)", [.text("write \(number)")])
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// The worked example's own updates, in Swift, on sample data.
  @Test(arguments: CrashSettings.engines)
  func homeserver(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { sample in
      let root = ["--schema-root", BuiltProgram.packageRoot.path]
      let sizes = ["--rooms", "120", "--memberships", "1500", "--users", "100"]
      let made = try await Program.homeserver.run(["sample", "--database", sample.address] + root + sizes)
      try #require(made.code == 0, "\(made)")
      try await live("homeserver on \(engine)", kills: CrashSettings.homeserverKills) { body in
        try await TestDatabase.withCopy(of: sample) { database in
          try await body(database, homeserverPhases(database, root))
        }
      }
    }
  }

  private func homeserverPhases(_ database: TestDatabase, _ root: [String]) -> [Phase] {
    let commands: [(String, [String])] = [
      ("N+1", ["migrate", "--to", "87", "--lock-timeout", "60"]),
      ("backfill", ["updates", "run", "--to", "87", "--batch-duration", "20"]),
      ("N+2", ["migrate", "--lock-timeout", "60"]),
    ]
    return commands.map { name, arguments in
      let arguments = arguments + root + ["--database", database.address, "--format", "json"]
      return Phase(name, start: { try Program.homeserver.start(arguments) })
    }
  }

  /// Lives until there have been enough kills.
  ///
  /// - Parameter withLife: makes a database and hands it over with the phases of a life on it.
  private func live(
    _ what: String, kills wanted: Int,
    withLife: ((TestDatabase, [Phase]) async throws -> Void) async throws -> Void
  ) async throws {
    var measured: [Phase] = []
    var expected: [String] = []
    try await withLife { database, phases in
      for var phase in phases {
        try await phase.measure()
        measured.append(phase)
      }
      expected = try await Life.result(database)
    }
    var (killer, lives, unharmed) = (Killer(), 0, 0)
    while killer.count < wanted {
      let before = killer.count
      try await withLife { database, phases in
        for (phase, undisturbed) in zip(phases, measured) {
          try await killer.run(phase.like(undisturbed), kills: killer.draw())
        }
        DatabaseDump.expectEqual(try await Life.result(database), expected, seed: killer.seed)
      }
      lives += 1
      unharmed = killer.count > before ? 0 : unharmed + 1
      try #require(unharmed < 10, "seed \(killer.seed): lives are too short for this test")
    }
    print(killer.summary(what, lives: lives))
  }
}
