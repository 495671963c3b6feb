import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import GradusUpdates
import Testing

/// The worked example of `docs/column-change`, release by release, with the one before still writing.
@Suite struct ColumnChangeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/column-change")

  /// What the shop's releases read and write.
  private struct Shop {
    let session: Session
    let database: PhysicalDatabase
    /// What each order should come to, in cents.
    var orders: [Int: Int] = [:]
    var random = SeededGenerator(seed: 7)

    @discardableResult
    func start(_ version: Int) async throws -> [String] {
      let schema = try SchemaDefinition(root: ColumnChangeTests.root).acting(as: version)
      let registry = UpdateRegistry(declarations: schema.tree.declarations.values)
      return try await DatabaseMigrator(
        schema: schema, database: database, completer: ForegroundRunner(registry: registry)
      ).migrate(on: session).steps.map(\.kind)
    }

    func update() async throws {
      let schema = try SchemaDefinition(root: ColumnChangeTests.root)
      let summary = try await UpdateRunner(
        session: session, registry: UpdateRegistry(declarations: schema.tree.declarations.values),
        options: UpdateOptions(batches: BatchOptions(pause: .zero, defaultBatchSize: 3))
      ).run()
      #expect(summary.waiting.isEmpty)
    }

    /// Writes by releases taken at random, after each of which every one of them reads what is right.
    mutating func trade(_ count: Int, releases: [Int]) async throws {
      for _ in 0..<count {
        let release = releases.randomElement(using: &random)!
        let id = Int.random(in: 1...30, using: &random)
        let cents = Int.random(in: 0...9999, using: &random)
        let isGone = Int.random(in: 0..<8, using: &random) == 0
        try await session.run { connection in
          if isGone {
            try connection.execute("DELETE FROM orders WHERE id = $1", [SQLValue(id)])
          } else {
            let column = release == 1 ? "amount" : "cents"
            let value: SQLValue = release == 1 ? .text(Self.amount(cents)) : SQLValue(cents)
            try connection.execute(
              "INSERT INTO orders (id, \(column)) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET \(column) = excluded.\(column)",
              [SQLValue(id), value])
          }
        }
        orders[id] = isGone ? nil : cents
        for release in releases { try await expectRight(release) }
      }
    }

    func expectRight(_ release: Int) async throws {
      let column =
        switch release {
        case 1: "amount"
        case 2:
          switch session.engine {
          case .sqlite: "coalesce(cents, CAST(round(coalesce(amount, '0') * 100) AS INTEGER))"
          case .postgres: "coalesce(cents, round(coalesce(amount, '0')::numeric * 100)::bigint)"
          }
        default: "cents"
        }
      let found = try await session.run { connection in
        Dictionary(
          uniqueKeysWithValues: try connection.query("SELECT id, \(column) FROM orders").map {
            (Int(try $0.integer(0)), $0[1])
          })
      }
      #expect(
        found == orders.mapValues { release == 1 ? .text(Self.amount($0)) : SQLValue($0) },
        "release \(release)")
    }

    static func amount(_ cents: Int) -> String {
      let rest = cents % 100
      return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func releaseByRelease(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      var shop = Shop(session: try await place.open(), database: PhysicalDatabase(driver: place.driver))
      try await shop.start(1)
      try await shop.trade(40, releases: [1])

      try await shop.start(2)
      try await shop.trade(25, releases: [1, 2])
      #expect(try await shop.start(1) == [])
      try await shop.trade(10, releases: [1])
      #expect(try await shop.start(2) == [])
      try await shop.update()
      try await shop.trade(25, releases: [1, 2])

      let steps = try await shop.start(3)
      #expect(steps.first == "raise_compat")
      await #expect(throws: GradusError.self) { try await shop.start(1) }
      try await shop.trade(25, releases: [2, 3])
      #expect(try await shop.start(2) == [])
      try await shop.trade(10, releases: [2])
      await #expect(throws: SQLError.self) {
        try await shop.session.run { try $0.execute("INSERT INTO orders (id) VALUES (99)") }
      }
      try await shop.update()

      try await shop.start(4)
      await #expect(throws: GradusError.self) { try await shop.start(2) }
      try await shop.trade(25, releases: [3, 4])
      #expect(try await shop.start(3) == [])
      await #expect(throws: SQLError.self) {
        try await shop.session.run { try $0.query("SELECT amount FROM orders") }
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func straightToTheEnd(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      var shop = Shop(session: try await place.open(), database: PhysicalDatabase(driver: place.driver))
      try await shop.start(1)
      try await shop.trade(40, releases: [1])
      try await shop.start(4)
      try await shop.expectRight(4)
      try await shop.update()
      #expect(try await shop.start(4) == [])
    }
  }
}
