import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `main` and `state` apart: on two servers, in two files, or one of each.
struct TwoDatabases {
  let schema: TemporarySchema
  let main: TestDatabase
  let state: TestDatabase
  /// The server of `state`, where it has one of its own.
  let stateServer: PostgresCluster?

  enum Places: String, CaseIterable, CustomTestStringConvertible {
    case servers, files, stateOnServer, stateInFile

    var testDescription: String { rawValue }

    static var available: [Places] {
      TestDatabase.availableEngines.contains(.postgres) ? allCases : [.files]
    }
  }

  /// Runs a test with two empty databases.
  ///
  /// - Parameter losesState: whether the test stops the server of `state`, which then is one of its own.
  static func with(
    _ places: Places, _ schema: TemporarySchema, losesState: Bool = false,
    _ body: (TwoDatabases) async throws -> Void
  ) async throws {
    let isOnServer = [.servers, .stateOnServer].contains(places)
    let server = isOnServer && losesState ? try await PostgresCluster.start() : nil
    let main = try await TestDatabase.make([.servers, .stateInFile].contains(places) ? .postgres : .sqlite)
    let state =
      if let server { try await server.makeDatabase("state") } else {
        try await TestDatabase.make(isOnServer ? .postgres : .sqlite)
      }
    let two = TwoDatabases(schema: schema, main: main, state: state, stateServer: server)
    try two.configure()
    let result: Result<Void, any Error>
    do { result = .success(try await body(two)) } catch { result = .failure(error) }
    await main.remove()
    if server == nil { await state.remove() }
    try result.get()
  }

  /// Writes the configuration.
  func configure(_ more: String = "") throws {
    try schema.write(
      "gradus.yaml",
      """
      databases:
        main: {url: "\(main.address)", databases: [main]}
        state: {url: "\(state.address)", databases: [state]}
      \(more)
      """)
  }

  @discardableResult
  func gradus(_ arguments: String...) async throws -> ProgramResult { try await start(arguments).result() }

  func start(_ arguments: [String]) throws -> RunningProgram {
    try Program.gradus.start(
      arguments + [
        "--schema-root", schema.root.path, "--config", schema.root.appending(path: "gradus.yaml").path,
      ])
  }

  /// Makes `state` unreachable.
  func takeStateAway() async throws {
    if let stateServer { return try await stateServer.stop() }
    try FileManager.default.moveItem(at: stateFolder, to: stateFolder.appendingPathExtension("away"))
  }

  func bringStateBack() async throws {
    if let stateServer { return try await stateServer.start() }
    try FileManager.default.moveItem(at: stateFolder.appendingPathExtension("away"), to: stateFolder)
  }

  private var stateFolder: URL {
    guard case .sqlite(let path) = state.location else { preconditionFailure("not in a file") }
    return URL(filePath: path).deletingLastPathComponent()
  }
}

extension TemporarySchema {
  /// Some deltas and an update for each of `main` and `state`.
  static func mainAndState(rows: Int = 200) throws -> TemporarySchema {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n"
    ])
    for (database, table) in [("main", "orders"), ("state", "notes")] {
      try tree.write(
        "schema/\(database)/1/01_\(table).sql",
        """
        CREATE TABLE \(table) (id BIGINT PRIMARY KEY, touched BIGINT NOT NULL DEFAULT 0);
        INSERT INTO \(table) (id) WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < \(rows))
          SELECT n FROM c;
        """)
      for number in 1...3 { try tree.write(delta(database, number), step(table, number)) }
      try tree.write(
        "delta/\(database)/2/09_touch_\(table).updates.yaml",
        """
        updates:
          - name: touch_\(table)
            kind: backfill
            table: \(table)
            key: id
            sql: UPDATE \(table) SET touched = touched + 1 WHERE {range}
        """)
    }
    return tree
  }

  static func delta(_ database: String, _ number: Int) -> String {
    "delta/\(database)/2/0\(number)_\(database)_step.sql"
  }

  static func step(_ table: String, _ number: Int) -> String {
    """
    CREATE TABLE \(table)_\(number) (id BIGINT PRIMARY KEY);
    INSERT INTO \(table)_\(number) SELECT id FROM \(table) WHERE id <= \(number);
    """
  }
}
