import Foundation
package import GradusSQL
package import GradusTestSupport

/// `gradus` with the schema of a small shop, or another one, and an empty database.
package struct Shop {
  package let schema: TemporarySchema
  package let database: TestDatabase

  package init(schema: TemporarySchema, database: TestDatabase) {
    self.schema = schema
    self.database = database
  }

  /// Runs a test with a database of its own.
  package static func with(
    _ engine: Engine, _ schema: TemporarySchema? = nil, _ body: (Shop) async throws -> Void
  ) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      try await body(Shop(schema: schema ?? .shop(), database: database))
    }
  }

  /// Writes a configuration by which the logical database `state` lives apart.
  package func configure(stateOn other: TestDatabase) throws {
    try schema.write(
      "gradus.yaml",
      """
      databases:
        master: {url: "\(database.address)", databases: [main]}
        state: {url: "\(other.address)", databases: [state]}
      """)
  }

  /// Runs a command on the database.
  @discardableResult
  package func gradus(_ arguments: String...) async throws -> ProgramResult {
    try await start(arguments).result()
  }

  /// Starts a command on the database, with the configuration file of the schema's folder where there is one.
  package func start(_ arguments: [String]) throws -> RunningProgram {
    let configuration = schema.root.appending(path: "gradus.yaml").path
    let isConfigured = FileManager.default.fileExists(atPath: configuration)
    return try Program.gradus.start(
      arguments + ["--schema-root", schema.root.path, "--database", database.address]
        + (isConfigured ? ["--config", configuration] : []))
  }
}
