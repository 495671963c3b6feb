import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A fleet that starts on one database at once. `GRADUS_STARTS` sets how many processes; 32 where it does not.
@Suite(.serialized) struct ConcurrentStartTests {
  private static let count =
    ProcessInfo.processInfo.environment["GRADUS_STARTS"].flatMap(Int.init) ?? 32

  /// Generous, as this many processes of a debug build take their time on a small machine.
  private static let patience = ["--lock-timeout", "300", "--fence-timeout", "300"]

  /// What a single process makes of an empty database.
  private func expectedLines(_ engine: Engine, _ schema: TemporarySchema) async throws -> [String] {
    var lines: [String] = []
    try await Shop.with(engine, schema) { shop in
      let result = try await shop.gradus("migrate")
      #expect(result.code == 0, "\(result)")
      lines = try await DatabaseDump.lines(shop.database, withCircumstances: false)
    }
    return lines
  }

  @Test(arguments: TestDatabase.availableEngines)
  func allMigrateOneDoesIt(engine: Engine) async throws {
    let schema = try TemporarySchema.manyDeltas()
    let expected = try await expectedLines(engine, schema)
    try await Shop.with(engine, schema) { shop in
      let programs = try (0..<Self.count).map { _ in
        try shop.start(["migrate", "--format", "json"] + Self.patience)
      }
      var steps: [Int] = []
      var holders: [String] = []
      for program in programs {
        let result = try await program.result()
        #expect(result.code == 0, "\(result)")
        let objects = try result.objects()
        holders += objects.filter { $0["event"] as? String == "waiting" }.compactMap {
          $0["holder"] as? String
        }
        let databases = objects.last?["databases"] as? [[String: Any]]
        steps.append(try #require(databases?.first?["steps"] as? Int, "\(result)"))
      }
      #expect(steps.filter { $0 > 0 }.count == 1, "\(steps)")
      // Who waits is told for whom.
      #expect(!holders.isEmpty)
      #expect(holders.contains { $0.hasPrefix("gradus") }, "\(holders)")
      #expect(try await DatabaseDump.lines(shop.database, withCircumstances: false) == expected)
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func allServe(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      var fleet = Fleet(shop)
      for _ in 0..<Self.count { try fleet.start(Self.patience) }
      try await fleet.waitUntilAllServe()
      let running = try await shop.state()["running"] as? [[String: Any]]
      #expect(running?.count == Self.count)
      try await fleet.stop()
      #expect(try await (shop.state()["running"] as? [Any])?.isEmpty ?? true)
      #expect(try await shop.database.values("SELECT version FROM schema_version") == [3])
    }
  }

  /// Half of the fleet is the release before, which the newest one admits: they start at any time and serve.
  @Test(arguments: TestDatabase.availableEngines)
  func admittedVersionsServeSideBySide(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      var fleet = Fleet(shop)
      for number in 0..<Self.count {
        try fleet.start(Self.patience + (number.isMultiple(of: 2) ? ["--to", "2"] : []))
      }
      try await fleet.waitUntilAllServe()
      let running = try await shop.state()["running"] as? [[String: Any]] ?? []
      let versions = Dictionary(grouping: running) { $0["version"] as? Int ?? 0 }.mapValues(\.count)
      #expect(versions == [2: (Self.count + 1) / 2, 3: Self.count / 2])
      try await fleet.stop()
      #expect(try await shop.database.values("SELECT compat_version FROM schema_compat_version") == [2])
    }
  }

  /// Half of the fleet is a release that the newest one shuts out: each of them serves until it is stopped, and the
  /// others wait for that, or it is told. At no moment do both serve.
  @Test(arguments: TestDatabase.availableEngines)
  func versionsThatAreShutOutServeFirstOrAreTold(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      var (old, new) = (Fleet(shop), Fleet(shop))
      for number in 0..<Self.count {
        if number.isMultiple(of: 2) {
          try old.start(Self.patience + ["--to", "1"])
        } else {
          try new.start(Self.patience)
        }
      }
      let served = try await old.waitUntilEachServesOrEnds()
      if !served.isEmpty { #expect(new.programs.allSatisfy { !Fleet.serves($0) }) }
      for program in served { program.send(SIGTERM) }
      for program in old.programs {
        let result = try await program.result()
        if served.contains(where: { $0 === program }) {
          #expect(result.code == 0, "\(result)")
        } else {
          #expect(result.code == 3, "\(result)")
          #expect(result.messages.contains("this is version 1"), "\(result)")
        }
      }
      try await new.waitUntilAllServe()
      if !served.isEmpty {
        // One of them was holding the right to migrate, and said whom it waited for.
        #expect(new.programs.contains { $0.messages.contains("schema version 1: gradus") })
      }
      try await new.stop()
      #expect(try await shop.database.values("SELECT compat_version FROM schema_compat_version") == [2])
    }
  }
}
