import Foundation
import GradusPort
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// An application whose logical databases are apart is moved file by file, as its configuration says.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct LogicalDatabaseTests {
  private static let files = [
    "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
    "schema/main/1/01_notes.sql": "CREATE TABLE notes (id BIGINT PRIMARY KEY, note TEXT);",
    "schema/state/1/01_states.sql": "CREATE TABLE states (id BIGINT PRIMARY KEY, state TEXT);",
    "delta/main/2/01_notes_index.sql": "CREATE INDEX notes_note ON notes (note);",
    "delta/state/2/02_states_index.sql": "CREATE INDEX states_state ON states (state);",
    "gradus.yaml": """
    databases:
      main: {url: "sqlite:m.db", databases: [main]}
      state: {url: "sqlite:st.db", databases: [state]}
    """,
  ]

  @Test(arguments: [("m.db", "notes", "states"), ("./st.db", "states", "notes")])
  func oneFile(file: String, table: String, other: String) async throws {
    let schema = try TemporarySchema(Self.files)
    try await TestDatabase.withDatabase(.postgres) { target in
      let migrated = try await Program.gradus.run(["migrate"], folder: schema.root)
      try #require(migrated.code == 0, "\(migrated)")
      let path = schema.root.appending(path: file).path
      let session = try await TestDatabase(at: .sqlite(path: path)).open()
      try await session.run { connection in
        _ = try connection.execute("INSERT INTO \(table) VALUES (1, 'a')")
      }
      let ported = try await Program.gradus.run(
        ["port", "--from", file, "--to", target.address], folder: schema.root)
      #expect(ported.code == 0, "\(ported)")
      #expect(try await target.values("SELECT id FROM \(table)") == [1])
      #expect(try await target.values("SELECT to_regclass('\(other)') IS NULL") == [true])
    }
  }
}
