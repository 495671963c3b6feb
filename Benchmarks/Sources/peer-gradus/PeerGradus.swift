import Foundation
import Gradus
import GradusPostgres
import GradusSQL
import GradusSQLite
import GradusTestSupport

/// Brings a database to what a schema expects, by the library, as an application does at its start.
///
/// Usage: peer-gradus DATABASE ROOT [inside]; --version
///
/// With `inside` it prints one JSON object: seconds for reading the tree, for opening the database and for the first
/// start on the session, and how many statements were sent by then; on a database that is up to date also those of each
/// further start.
@main
struct PeerGradus {
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

  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--version"] { return print("of this checkout") }
    let measures = arguments.count == 3 && arguments[2] == "inside"
    guard arguments.count == 2 || measures else {
      FileHandle.standardError.write(Data("usage: peer-gradus DATABASE ROOT [inside]; --version\n".utf8))
      exit(64)
    }
    let base: any Driver =
      switch try DatabaseLocation(parsing: arguments[0]) {
      case .sqlite(let path): SQLiteDriver(path: path, createsFile: true)
      case .postgres(let text): PostgresDriver(connectionString: text)
      }
    guard measures else {
      let schema = try SchemaDefinition(root: URL(filePath: arguments[1], directoryHint: .isDirectory))
      let session = try await Session.open(base)
      try await DatabaseMigrator(schema: schema, database: PhysicalDatabase(driver: base)).migrate(on: session)
      return
    }
    let driver = CountingDriver(base)
    let (schema, treeTime) = try await time {
      try SchemaDefinition(root: URL(filePath: arguments[1], directoryHint: .isDirectory))
    }
    let (session, openTime) = try await time { try await Session.open(driver) }
    let migrator = DatabaseMigrator(schema: schema, database: PhysicalDatabase(driver: driver))
    driver.reset()
    let (plan, firstTime) = try await time { try await migrator.migrate(on: session) }
    var result = Result(
      tree_s: treeTime, open_s: openTime, first_s: firstTime, round_trips: driver.statements.count,
      applied: plan.steps.count { $0.kind == "apply_delta" })
    if plan.steps.isEmpty {
      let (_, againTime) = try await time {
        for _ in 0..<times { try await migrator.migrate(on: session) }
      }
      result.again_s = againTime / Double(times)
    }
    print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
  }

  private static func time<R: Sendable>(
    _ body: @Sendable () async throws -> R
  ) async throws -> (R, Double) {
    let start = ContinuousClock.now
    let result = try await body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return (result, Double(seconds) + Double(attoseconds) / 1e18)
  }
}
