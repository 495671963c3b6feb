import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// `check compat`, `why` and `queries`, as a developer and CI run them.
@Suite struct CompatFloorCommandTests {
  private static let scratch = ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"]

  private static let queries = """
    -- query: note_of (id bigint not null)
    SELECT name, note FROM things WHERE id = $1;

    -- query: add (id bigint not null, name text not null)
    INSERT INTO things (id, name) VALUES ($1, $2);

    """

  private static func tree(_ delta: String, _ more: [String: String] = [:]) throws -> TemporarySchema {
    let files = [
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_base.sql":
        "CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT NOT NULL, note TEXT);",
      "delta/main/2/01_change.sql": delta, "schema/queries/1.sql": queries,
      "schema/queries/2.sql": "-- query: name_of (id bigint)\nSELECT name FROM things WHERE id = $1;\n",
    ]
    return try TemporarySchema(files.merging(more) { $1 })
  }

  private static func run(_ tree: TemporarySchema, _ arguments: String...) async throws -> ProgramResult {
    try await Program.gradus.run(arguments, folder: tree.root)
  }

  @Test func theFloorIsPrintedWithItsReason() async throws {
    let tree = try Self.tree("-- unused\nALTER TABLE things DROP COLUMN note;\n")
    let result = try await Self.run(tree, "check", "compat")
    #expect(result.code == 2, "\(result)")
    #expect(result.output.contains("the compat floor of version 2 is 2; the ledger says 1, which is too low"))
    #expect(result.output.contains("schema/queries/1.sql:1: the query 'note_of' on SQLite"))
    #expect(result.output.contains("by delta/main/2/01_change.sql:2:1: - column things.note"))
    let document = try #require(
      try await Self.run(tree, "check", "compat", "--format", "json").objects().first)
    #expect(document["floor"] as? Int == 2 && document["declared"] as? Int == 1)
    let breakage = try #require((document["breakages"] as? [[String: Any]])?.first)
    #expect(breakage["delta_line"] as? Int == 2 && breakage["query"] as? String == "note_of")
    let check = try await Self.run(tree, "check")
    #expect(check.code == 2 && check.output.contains("error C15") && check.output.contains("error C01"))
  }

  @Test(.enabled(if: scratch != nil)) func bothEnginesAreTried() async throws {
    let tree = try Self.tree("SELECT 1;")
    let fine = try await Self.run(tree, "check", "compat", "--scratch", Self.scratch ?? "")
    #expect(fine.code == 0, "\(fine)")
    let broken = try Self.tree(
      "SELECT 1;",
      ["delta/main/2/02_type.sql.postgres": "ALTER TABLE things ALTER COLUMN name TYPE VARCHAR(3);"])
    let result = try await Self.run(broken, "check", "compat", "--scratch", Self.scratch ?? "")
    #expect(result.code == 2 && result.output.contains("on PostgreSQL"), "\(result)")
  }

  @Test func withoutQueriesItSaysHowToCommitThem() async throws {
    let tree = try Self.tree("SELECT 1;")
    try FileManager.default.removeItem(at: tree.root.appending(path: "schema/queries"))
    let result = try await Self.run(tree, "check", "compat")
    #expect(result.code == 1 && result.messages.contains("schema/queries/2.sql"), "\(result)")
    #expect(try await Self.run(tree, "check").code == 0)
  }

  @Test func aReleasesQueriesComeFromItsTag() async throws {
    let tree = try Self.tree("ALTER TABLE things DROP COLUMN note;\n")
    func git(_ arguments: String...) throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments =
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"] + arguments
      process.currentDirectoryURL = tree.root
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    try git("init", "-q")
    try git("add", "-A")
    try git("commit", "-q", "-m", "1")
    try git("tag", "v1")
    // Whoever edits the file of a released version makes no difference.
    let file = tree.root.appending(path: "schema/queries/1.sql")
    try Data("-- query: a\nSELECT name FROM things;\n".utf8).write(to: file)
    #expect(try await Self.run(tree, "check", "compat").code == 0)
    let result = try await Self.run(tree, "check", "compat", "--tags", "v{version}")
    #expect(result.code == 2 && result.output.contains("v1:schema/queries/1.sql:1"), "\(result)")
  }

  @Test func whySaysWhoUsesAColumn() async throws {
    let tree = try Self.tree("SELECT 1;", ["schema/main/1/02_index.sql": "CREATE INDEX i ON things (note);"])
    let name = try await Self.run(tree, "why", "things.name")
    #expect(name.code == 0, "\(name)")
    #expect(name.output.contains("version 1 writes it: schema/queries/1.sql:4: add"), "\(name)")
    #expect(name.output.contains("version 1 reads it: schema/queries/1.sql:1: note_of"))
    #expect(name.output.contains("is in use by version 2, the newest"))
    let note = try await Self.run(tree, "why", "things.note")
    #expect(note.output.contains("the newest schema: index i"))
    #expect(note.output.contains("the first version whose compat version is 2 or higher"))
    let document = try #require(
      try await Self.run(tree, "why", "things.note", "--format", "json").objects().first)
    #expect(document["verdict"] as? String == "droppable_later" && document["drop_when_compat"] as? Int == 2)
    let wrong = try await Self.run(tree, "why", "thing.note")
    #expect(wrong.code == 1 && wrong.messages.contains("did you mean the table 'things'?"), "\(wrong)")
    #expect(try await Self.run(tree, "why", "note").code == 64)

    try FileManager.default.removeItem(at: tree.root.appending(path: "schema/queries/2.sql"))
    let unknown = try await Self.run(tree, "why", "things.note")
    #expect(unknown.output.contains("commit the queries of version 2, and ask again"), "\(unknown)")
    #expect(!unknown.output.contains("may be dropped"), "\(unknown)")
    let doubt = try await Self.run(tree, "why", "things.note", "--format", "json").object()
    #expect(doubt["verdict"] as? String == "unknown" && doubt["drop_when_compat"] == nil, "\(doubt)")
    #expect(doubt["versions_without_queries"] as? [Int] == [2])
  }

  /// An application on one engine alone has no schema on the other.
  @Test func whyAsksOneEngineWhereThatIsSaid() async throws {
    let tree = try Self.tree("SELECT 1;")
    let result = try await Self.run(tree, "why", "things.name", "--engine", "sqlite")
    #expect(result.code == 0 && result.output.contains("version 1 reads it"), "\(result)")
    #expect(!result.messages.contains("PostgreSQL was not checked"), "\(result)")
    guard let scratch = Self.scratch else { return }
    try FileManager.default.moveItem(
      at: tree.root.appending(path: "schema/main/1/01_base.sql"),
      to: tree.root.appending(path: "schema/main/1/01_base.sql.postgres"))
    func why(_ more: String...) async throws -> ProgramResult {
      try await Program.gradus.run(
        ["why", "things.name", "--scratch", scratch] + more, folder: tree.root)
    }
    #expect(try await why().code == 1)
    let alone = try await why("--engine", "postgres")
    #expect(alone.code == 0 && alone.output.contains("version 1 reads it"), "\(alone)")
  }

  /// Of the queries that are for PostgreSQL alone nothing is known where there is none to ask.
  @Test func whatWasNotAskedIsNotVouchedFor() async throws {
    let query = "-- query: note_of (id bigint) on postgres\nSELECT note FROM things WHERE id = $1;\n"
    let tree = try Self.tree("SELECT 1;", ["schema/queries/2.sql": query])
    let result = try await Self.run(tree, "why", "things.note")
    #expect(result.code == 0 && result.messages.contains("PostgreSQL was not checked"), "\(result)")
    #expect(result.output.contains("version 2 has queries for an engine that was not asked"), "\(result)")
    #expect(!result.output.contains("may be dropped"), "\(result)")
    // A server alone would not help who asks one engine.
    let one = try await Self.run(tree, "why", "things.note", "--engine", "sqlite")
    #expect(one.output.contains("and no --engine, and ask again"), "\(one)")
    let document = try await Self.run(tree, "why", "things.note", "--format", "json").object()
    #expect(document["verdict"] as? String == "unknown", "\(document)")
    #expect(document["versions_not_asked"] as? [Int] == [2], "\(document)")
    guard let scratch = Self.scratch else { return }
    let both = try await Self.run(tree, "why", "things.note", "--scratch", scratch)
    #expect(both.output.contains("version 2 reads it") && !both.messages.contains("not checked"), "\(both)")
  }

  @Test(.enabled(if: scratch != nil)) func aServersQueriesAreImported() async throws {
    let tree = try Self.tree("SELECT 1;")
    try await TestDatabase.withDatabase(.postgres) { database in
      let address = database.address
      #expect(try await Self.run(tree, "migrate", "--database", address).code == 0)
      let none = try await Self.run(tree, "queries", "import", "--database", address)
      #expect(none.code == 1 && none.messages.contains("CREATE EXTENSION pg_stat_statements"), "\(none)")
      try await database.open().run { connection in
        try connection.execute("CREATE EXTENSION pg_stat_statements")
        _ = try connection.query("SELECT name FROM things WHERE id = $1", [1])
        try connection.execute("UPDATE things SET note = $1 WHERE id = $2", ["x", 1])
        try connection.execute("CREATE TEMPORARY TABLE short (id BIGINT)")
        try connection.execute("DELETE FROM short WHERE id = $1", [1])
      }
      let missing = try await Self.run(tree, "queries", "compare", "--database", address)
      #expect(missing.code == 2 && missing.output.contains("UPDATE things SET note"), "\(missing)")
      #expect(!missing.output.contains("gradus_") && !missing.output.contains("SELECT name FROM things"))
      // It would have run nothing that is missing.
      let misspelt = try await Self.run(
        tree, "queries", "compare", "--database", address, "--role", "no_such_role")
      #expect(
        misspelt.code == 1 && misspelt.messages.contains("the server has no role 'no_such_role'"),
        "\(misspelt)")
      let result = try await Self.run(tree, "queries", "import", "--database", address)
      #expect(result.code == 0 && result.messages.contains("left out"), "\(result)")
      let file = try String(contentsOf: tree.root.appending(path: "schema/queries/2.sql"), encoding: .utf8)
      #expect(file.contains("-- query: name_of (id bigint)"))
      #expect(file.contains("(text, bigint) on postgres\nUPDATE things"), "\(file)")
      #expect(try await Self.run(tree, "queries", "compare", "--database", address).code == 0)
    }
    try await TestDatabase.withDatabase(.sqlite) { database in
      let result = try await Self.run(tree, "queries", "import", "--database", database.address)
      #expect(result.code == 1 && result.messages.contains("RecordingDriver"), "\(result)")
    }
  }

  /// Each of an application's databases has run some, and the extension may be where the search path does not look.
  @Test(.enabled(if: scratch != nil)) func theQueriesOfAllDatabasesAreRead() async throws {
    try await Shop.with(.postgres) { shop in
      try await TestDatabase.withDatabase(.postgres) { other in
        try shop.configure(stateOn: other)
        func gradus(_ arguments: String...) async throws -> ProgramResult {
          try await Program.gradus.run(arguments, folder: shop.schema.root)
        }
        let migrated = try await gradus("migrate")
        #expect(migrated.code == 0, "\(migrated)")
        let queries = ["SELECT count(*) AS of_orders FROM orders", "SELECT count(*) AS of_notes FROM notes"]
        for (database, query) in zip([shop.database, other], queries) {
          try await database.open().run { connection in
            try connection.execute("CREATE SCHEMA extensions")
            try connection.execute("CREATE EXTENSION pg_stat_statements SCHEMA extensions")
            _ = try connection.query(query)
          }
        }
        let missing = try await gradus("queries", "compare")
        #expect(missing.code == 2, "\(missing)")
        for query in queries { #expect(missing.output.contains(query), "\(missing)") }
        let imported = try await gradus("queries", "import")
        #expect(imported.code == 0, "\(imported)")
        let compared = try await gradus("queries", "compare")
        #expect(compared.code == 0, "\(compared)")
      }
    }
  }

  /// A server shows a role but its own queries.
  @Test(.enabled(if: scratch != nil)) func hiddenQueriesAreSaidToBe() async throws {
    let tree = try Self.tree("SELECT 1;")
    let role = "gradus_blind_\(UInt32.random(in: 0...UInt32.max))"
    try await TestDatabase.withDatabase(.postgres) { database in
      #expect(try await Self.run(tree, "migrate", "--database", database.address).code == 0)
      try await database.open().run { connection in
        try connection.execute("CREATE EXTENSION pg_stat_statements")
        try connection.execute("CREATE ROLE \(role) LOGIN")
        _ = try connection.query("SELECT note FROM things WHERE id = $1", [1])
      }
      let all = try await Self.run(tree, "queries", "compare", "--database", database.address)
      let blind = try await Self.run(
        tree, "queries", "compare", "--database", database.address + "&user=\(role)")
      try await database.execute("DROP ROLE \(role)")
      #expect(all.code == 2 && !all.messages.contains("hidden"), "\(all)")
      #expect(blind.messages.contains("queries of other roles are hidden"), "\(blind)")
    }
  }
}
