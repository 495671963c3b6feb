import Foundation
import GRDB

/// Brings a database to where N migrations end, by GRDB's DatabaseMigrator.
///
/// Usage: peer-grdb DATABASE N deltas|full|inside; --version
///
/// `inside` is `deltas`, and prints as JSON the seconds that the migrator took, and those of each further run of it.
///
/// The SQL is that of tools/bench-peers.d/deltas.py. It is in the program, as an application with GRDB has it, so that
/// no file is read.
@main
struct PeerGRDB {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments == ["--version"] { return print("7.10.0") }
    guard arguments.count == 3, let path = arguments.first, let count = Int(arguments[2]),
      let tree = arguments.last, ["deltas", "full", "inside"].contains(tree)
    else {
      FileHandle.standardError.write(Data("usage: peer-grdb DATABASE N deltas|full|inside\n".utf8))
      exit(64)
    }
    var migrator = DatabaseMigrator()
    if tree == "full" {
      migrator.registerMigration("full") { try $0.execute(sql: (1...count).map(sql).joined()) }
    } else {
      for number in 1...count {
        migrator.registerMigration("\(number)_table") { try $0.execute(sql: sql(number)) }
      }
    }
    // A pool, as it is GRDB's way to WAL.
    let database = try DatabasePool(path: path)
    let first = try time { try migrator.migrate(database) }
    if tree == "inside" {
      let times = 50
      let again = try time { for _ in 0..<times { try migrator.migrate(database) } } / Double(times)
      print(#"{"first_s": \#(first), "again_s": \#(again)}"#)
    }
    try database.close()
  }

  private static func time(_ body: () throws -> Void) throws -> Double {
    let start = ContinuousClock.now
    try body()
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  private static func sql(_ number: Int) -> String {
    let table = "t" + String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)"
    return """
      CREATE TABLE \(table) (id BIGINT PRIMARY KEY, name TEXT NOT NULL, amount BIGINT NOT NULL DEFAULT 0, note TEXT);
      INSERT INTO \(table) (id, name) VALUES (\(number), 'row of \(number)');
      """
  }
}
