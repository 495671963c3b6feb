import Gradus
import GradusSQL
import HomeserverFixtures

/// Makes the worked example's schema from its own files, on a connection that a test has at hand.
enum ExampleSchema {
  /// Runs the full schema and the deltas up to a version, without any bookkeeping.
  static func create(upTo version: Int = 88, on connection: Connection) throws {
    let tree = try SchemaDefinition(root: Fixtures.packageRoot).tree
    let deltas = try (87...max(version, 87)).filter { $0 <= version }.flatMap {
      try tree.deltas(of: $0, in: tree.databases)
    }
    for file in (tree.fullSchemas[86] ?? []) + deltas where file.applies(to: connection.engine) {
      guard case .sql = file.kind else { continue }
      let script = try DeltaScript(file, engine: connection.engine).sql
      if connection.isInTransaction {
        try connection.executeScript(script)
      } else {
        try connection.transaction { try $0.executeScript(script) }
      }
    }
  }
}
