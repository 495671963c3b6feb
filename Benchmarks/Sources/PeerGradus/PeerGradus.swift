import Foundation
import Gradus
package import GradusSQL

/// Brings a database to what a schema expects, by the library, as an application does at its start.
///
/// Its programs have one engine each, so that none links what it does not need. Usage: PROGRAM DATABASE ROOT [inside];
/// --version
///
/// With `inside` it prints one JSON object: seconds for reading the tree, for opening the database and for the first
/// start on the session, and how many statements were sent by then; on a database that is up to date also those of each
/// further start.
package struct PeerGradus {
  private struct Result: Encodable {
    var tree_s: Double
    var open_s: Double
    var first_s: Double
    var again_s: Double?
    var round_trips: Int
    /// How many deltas the first start applied.
    var applied: Int
  }

  private static let times = 50

  private let driver: any Driver
  private let root: URL

  /// - Parameter driver: makes the engine's driver of the program's first argument.
  package static func main(_ driver: @Sendable (String) -> any Driver) async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--version"] { return print("of this checkout") }
    let measures = arguments.count == 3 && arguments[2] == "inside"
    guard arguments.count == 2 || measures else {
      let usage = "usage: \(CommandLine.arguments[0]) DATABASE ROOT [inside]; --version\n"
      FileHandle.standardError.write(Data(usage.utf8))
      exit(64)
    }
    let peer = PeerGradus(
      driver: driver(arguments[0]), root: URL(filePath: arguments[1], directoryHint: .isDirectory))
    try await measures ? peer.measure() : peer.migrate()
  }

  private func migrate() async throws {
    let schema = try SchemaDefinition(root: root)
    let session = try await Session.open(driver)
    try await DatabaseMigrator(schema: schema, database: PhysicalDatabase(driver: driver)).migrate(
      on: session)
  }

  private func measure() async throws {
    let counter = RoundTripCounter(driver)
    let (schema, treeTime) = try await time { try SchemaDefinition(root: root) }
    let (session, openTime) = try await time { try await Session.open(counter) }
    let migrator = DatabaseMigrator(schema: schema, database: PhysicalDatabase(driver: counter))
    counter.reset()
    let (plan, firstTime) = try await time { try await migrator.migrate(on: session) }
    var result = Result(
      tree_s: treeTime, open_s: openTime, first_s: firstTime, round_trips: counter.count,
      applied: plan.steps.count { $0.kind == "apply_delta" })
    if plan.steps.isEmpty {
      let (_, againTime) = try await time {
        for _ in 0..<Self.times { try await migrator.migrate(on: session) }
      }
      result.again_s = againTime / Double(Self.times)
    }
    print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
  }

  private func time<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> (R, Double) {
    let start = ContinuousClock.now
    let result = try await body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return (result, Double(seconds) + Double(attoseconds) / 1e18)
  }
}
