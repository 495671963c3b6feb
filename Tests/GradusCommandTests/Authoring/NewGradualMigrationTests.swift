import Foundation
import Gradus
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

@testable import GradusCommand

@Suite struct NewGradualMigrationTests {
  private static func tree() throws -> TemporarySchema {
    try TemporarySchema([
      "schema/schema.yaml":
        "# The ledger.\nversion: 1\ncompat_version: 1\nversions:\n  1: {compat: 1}  # the first\n",
      "schema/main/1/01_orders.sql":
        "CREATE TABLE orders (id BIGINT PRIMARY KEY, shop INTEGER NOT NULL, \"order\" VARCHAR(20));",
    ])
  }

  private static let flags = [
    "new", "gradual-migration", "totals", "--key", "shop,name", "--source-table", "orders", "--source-key",
    "shop,order",
    "--source-position", "id",
  ]

  /// Over N+1, a rollback and N+2, on the tree as it is written.
  @Test(arguments: TestDatabase.availableEngines)
  func whatItWritesPassesTheChecksAndMigrates(engine: Engine) async throws {
    try await Shop.with(engine, try Self.tree()) { shop in
      try await shop.gradus("migrate")
      try await shop.database.execute(
        "INSERT INTO orders VALUES (1, 1, 'a'), (2, 1, 'a'), (3, 2, 'b'), (4, 2, NULL)")
      let result = try await Program.gradus.run(Self.flags, folder: shop.schema.root)
      #expect(result.code == 0, "\(result)")
      let ledger = try shop.schema.definition().ledger
      #expect(ledger.version == 2 && ledger.compatVersion == 1 && ledger.versions[3]?.compatVersion == 2)

      let scratch =
        ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"].map { ["--scratch", $0] } ?? []
      func check() async throws {
        let check = try await Program.gradus.run(["check"] + scratch, folder: shop.schema.root)
        #expect(check.code == 0, "\(check)")
      }
      try await check()
      #expect(try await shop.gradus("migrate").code == 0)
      let run = try await shop.gradus("updates", "run")
      #expect(run.code == 0, "\(run)")
      func rows() async throws -> [[SQLValue]] {
        try await shop.database.open().run {
          try $0.query("SELECT shop, name, last_id FROM totals ORDER BY shop").map(\.values)
        }
      }
      #expect(try await rows() == [[1, "a", 2], [2, "b", 3]])
      // However many rows there are, a start looks one up.
      let leading =
        switch engine {
        case .sqlite:
          "SELECT x.name FROM pragma_index_list('totals') l, pragma_index_info(l.name) x WHERE x.seqno = 0"
        case .postgres:
          """
          SELECT a.attname::text FROM pg_index i
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
          WHERE i.indrelid = 'totals'::regclass
          """
        }
      let columns = try await shop.database.open().run { try $0.query(leading).map { $0[0] } }
      #expect(columns.contains("last_id"))

      // The older version writes; its rows are found.
      #expect(try await shop.gradus("migrate", "--to", "1").code == 0)
      try await shop.database.execute("INSERT INTO orders VALUES (5, 2, 'b'), (6, 3, 'c')")
      try shop.schema.edit(
        "schema/schema.yaml", "version: 2\ncompat_version: 1", "version: 3\ncompat_version: 2")
      try await check()
      let last = try await shop.gradus("migrate")
      #expect(last.code == 0, "\(last)")
      #expect(try await rows() == [[1, "a", 2], [2, "b", 5], [3, "c", 6]])
    }
  }

  /// A count depends on rows that no position tells of; with the guards that the entry offers it is right again.
  @Test(arguments: TestDatabase.availableEngines)
  func aCountWithTheGuardsOfTheEntry(engine: Engine) async throws {
    try await Shop.with(engine, try Self.tree()) { shop in
      try await shop.gradus("migrate")
      try await shop.database.execute("INSERT INTO orders VALUES (1, 1, 'a'), (2, 1, 'a'), (3, 2, 'b')")
      #expect(try await Program.gradus.run(Self.flags, folder: shop.schema.root).code == 0)
      try shop.schema.edit(
        "delta/main/2/01_totals.sql", "  -- The newest id", "  n BIGINT,\n  -- The newest id")
      let fill = "delta/main/2/02_fill_totals.updates.yaml"
      try shop.schema.edit(fill, ", \"last_id\")", ", \"last_id\", n)")
      try shop.schema.edit(fill, "max(s.\"id\")", "max(s.\"id\"), count(*)")
      try shop.schema.edit(fill, "= excluded.\"last_id\"", "= excluded.\"last_id\", n = excluded.n")
      try shop.schema.edit("schema/schema.yaml", "(a count, a sum, a list)", "(a count)")
      try shop.schema.edit("schema/schema.yaml", "# guards:", "guards:")

      for arguments in [["migrate"], ["updates", "run"], ["migrate"], ["migrate", "--to", "1"]] {
        let result = try await shop.start(arguments).result()
        #expect(result.code == 0, "\(result)")
      }
      try await shop.database.execute("DELETE FROM orders WHERE id = 1")
      try shop.schema.edit(
        "schema/schema.yaml", "version: 2\ncompat_version: 1", "version: 3\ncompat_version: 2")
      let last = try await shop.gradus("migrate")
      #expect(last.code == 0, "\(last)")
      let rows = try await shop.database.open().run {
        try $0.query("SELECT shop, name, last_id, n FROM totals ORDER BY shop").map(\.values)
      }
      #expect(rows == [[1, "a", 2, 1], [2, "b", 3, 1]])
    }
  }

  /// SQLite has none of its tables.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func anApplicationOnPostgreSQLAlone() async throws {
    let server = try #require(ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"])
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 1\nversions:\n  1: {compat: 1}\n",
      "schema/main/1/01_orders.sql.postgres":
        "CREATE TABLE orders (id BIGINT PRIMARY KEY, shop UUID NOT NULL);",
    ])
    let flags = [
      "new", "gradual-migration", "totals", "--key", "shop", "--source-table", "orders",
      "--source-position", "id",
    ]
    let blind = try await Program.gradus.run(flags, environment: ["GRADUS_SCRATCH": ""], folder: tree.root)
    #expect(blind.code == 1 && blind.messages.contains("give --scratch"), "\(blind)")
    try await Shop.with(.postgres, tree) { shop in
      try await shop.gradus("migrate")
      let key = "00000000-0000-0000-0000-000000000001"
      try await shop.database.execute("INSERT INTO orders VALUES (1, '\(key)'), (2, '\(key)')")
      for (arguments, code) in [
        (flags, 0), (["check", "--engine", "postgres"], 0),
        // That the tables are on one engine alone, and nothing that fails on the other.
        (["check"], 2),
      ] as [([String], Int32)] {
        let result = try await Program.gradus.run(arguments + ["--scratch", server], folder: tree.root)
        #expect(result.code == code, "\(arguments): \(result)")
      }
      #expect(try await shop.gradus("migrate").code == 0)
      let run = try await shop.gradus("updates", "run")
      #expect(run.code == 0, "\(run)")
      let rows = try await shop.database.values("SELECT last_id FROM totals WHERE shop = '\(key)'")
      #expect(rows == [2])
    }
  }

  /// On PostgreSQL, which a squash tries as well, there is nothing that its updates could be about.
  @Test func anApplicationOnSQLiteAlone() async throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 1\ncompat_version: 1\nversions:\n  1: {compat: 1}\n",
      "schema/main/1/01_orders.sql.sqlite":
        "CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, shop TEXT NOT NULL);",
      // As a squash leaves them.
      "schema/main/1/full.sql.postgres": "\n",
      "schema/common/1/full.sql.postgres": "CREATE TABLE more (id BIGINT PRIMARY KEY);",
    ])
    let result = try await Program.gradus.run(
      [
        "new", "gradual-migration", "totals", "--key", "shop", "--source-table", "orders",
        "--source-position", "id",
      ], folder: tree.root)
    #expect(result.code == 0, "\(result)")
    let files = try contents(tree)
    for path in ["delta/main/2/01_totals.sql.sqlite", "delta/main/3/01_totals_complete.sql.sqlite"] {
      #expect(files[path] != nil, "\(files.keys)")
    }
    let updates = try #require(files["delta/main/2/02_fill_totals.updates.yaml"])
    #expect("\(updates)".components(separatedBy: "engines: sqlite").count == 3, "\(updates)")
    let check = try await Program.gradus.run(["check", "--engine", "sqlite"], folder: tree.root)
    #expect(check.code == 0, "\(check)")
  }

  private func contents(_ tree: TemporarySchema) throws -> [String: String] {
    let files = FileManager.default.enumerator(atPath: tree.root.path)?.allObjects as? [String] ?? []
    return Dictionary(
      uniqueKeysWithValues: files.map { name in
        (name, (try? String(contentsOf: tree.root.appending(path: name), encoding: .utf8)) ?? "")
      })
  }

  @Test(
    arguments: [
      (["--key", "k"], 64, "--source-table is missing"),
      (["--to", "1", "--key", "k"], 64, "Unknown option '--to'"),
      (["--key", "k", "--source-table", "ordres", "--source-position", "id"], 1, "did you mean 'orders'?"),
      (
        ["--key", "k", "--source-table", "orders", "--source-position", "id"], 1, "'orders' has no column 'k'"
      ),
      (
        ["--table", "orders", "--key", "id", "--source-table", "orders", "--source-position", "id"], 1,
        "there is a table 'orders' already"
      ),
      (
        ["--key", "a,b", "--source-key", "id", "--source-table", "orders", "--source-position", "id"], 64,
        "--source-key has 1 columns"
      ),
      (
        ["--key", "id", "--source-table", "orders", "--source-position", "id", "--starts", "0"], 1,
        "has been released"
      ),
      (
        ["--key", "id", "--source-table", "orders", "--source-position", "id", "--completes", "2"], 1,
        "cannot complete at 2"
      ),
      (
        ["--key", "id", "--source-table", "orders", "--source-position", "id", "--logical-database", "x"], 1,
        "no logical database 'x'"
      ),
    ] as [([String], Int32, String)])
  func refusesAndLeavesNothing(arguments: [String], code: Int32, message: String) async throws {
    let tree = try Self.tree()
    let before = try contents(tree)
    let result = try await Program.gradus.run(
      ["new", "gradual-migration", "totals"] + arguments, folder: tree.root)
    #expect(result.code == code, "\(result)")
    #expect(result.messages.contains(message), "\(result)")
    #expect(try contents(tree) == before)
  }

  @Test func aDryRunWritesNothingAndASecondOneIsRefused() async throws {
    let tree = try Self.tree()
    let before = try contents(tree)
    let dry = try await Program.gradus.run(Self.flags + ["--dry-run"], folder: tree.root)
    #expect(dry.code == 0 && dry.output.contains("--- changed schema/schema.yaml"), "\(dry)")
    #expect(try contents(tree) == before)
    #expect(try await Program.gradus.run(Self.flags, folder: tree.root).code == 0)
    let written = try contents(tree)
    let again = try await Program.gradus.run(Self.flags, folder: tree.root)
    #expect(again.code == 1 && again.messages.contains("named 'totals' already"), "\(again)")
    #expect(try contents(tree) == written)
  }

  /// Where reading the tree fails in the end, all files are as they were.
  @Test func failingPutsEverythingBack() throws {
    struct Stop: Error {}
    let tree = try Self.tree()
    let before = try contents(tree)
    let edit = TreeEdit(
      root: tree.root,
      changes: [
        .create(path: "delta/main/2/01_a.sql", text: "x"), .replace(path: "schema/schema.yaml", text: "y"),
        .remove(path: "schema/main/1/01_orders.sql"),
      ])
    #expect(throws: Stop.self) { try edit.apply { throw Stop() } }
    #expect(try contents(tree) == before)
    #expect(throws: GradusError.self) {
      try TreeEdit(
        root: tree.root,
        changes: [.create(path: "delta/x", text: ""), .create(path: "schema/schema.yaml", text: "")]
      ).apply {}
    }
    #expect(try contents(tree) == before)
  }

  /// So too where the very change fails that has made folders.
  @Test func aChangeThatFailsLeavesNoFolder() throws {
    let tree = try Self.tree()
    let before = try contents(tree)
    let path = "delta/main/\(String(repeating: "9", count: 300))/01_a.sql"
    let error = #expect(throws: GradusError.self) {
      try TreeEdit(root: tree.root, changes: [.create(path: path, text: "x")]).apply {}
    }
    #expect(error?.message.contains("cannot make the folder") == true)
    #expect(try contents(tree) == before)
  }

  /// The ledger may be a link: what that leads to is changed, and put back.
  @Test(arguments: [true, false]) func aLinkStaysOne(fails: Bool) throws {
    struct Stop: Error {}
    let tree = try TemporarySchema(["ledgers/shop.yaml": "old"])
    let link = tree.root.appending(path: "schema.yaml").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "ledgers/shop.yaml")
    let edit = TreeEdit(root: tree.root, changes: [.replace(path: "schema.yaml", text: "new")])
    if fails {
      #expect(throws: Stop.self) { try edit.apply { throw Stop() } }
    } else {
      try edit.apply {}
    }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "ledgers/shop.yaml")
    let file = tree.root.appending(path: "ledgers/shop.yaml")
    #expect(try String(contentsOf: file, encoding: .utf8) == (fails ? "old" : "new"))
  }

  /// Who may read the ledger is its author's to say; also where everything is put back.
  @Test(arguments: [true, false]) func aFileKeepsItsRights(fails: Bool) throws {
    struct Stop: Error {}
    let tree = try TemporarySchema(["schema.yaml": "old"])
    let path = tree.root.appending(path: "schema.yaml").path
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let edit = TreeEdit(root: tree.root, changes: [.replace(path: "schema.yaml", text: "new")])
    if fails {
      #expect(throws: Stop.self) { try edit.apply { throw Stop() } }
    } else {
      try edit.apply {}
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == (fails ? "old" : "new"))
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.uint16Value == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: tree.root.path) == ["schema.yaml"])
  }

  /// Where it waits for an answer a signal ends it, as it does everywhere else.
  @Test(arguments: [SIGINT, SIGTERM]) func aSignalAtAQuestionEndsIt(signal: Int32) async throws {
    let tree = try Self.tree()
    let before = try contents(tree)
    let terminal = try PseudoTerminal()
    let program = try Program.gradus.start(Self.flags, folder: tree.root, input: terminal.input())
    try await program.waits(forMessage: "the derived table [totals]: ")
    program.send(signal)
    let result = try await program.result()
    #expect(result.code == 130, "\(result)")
    #expect(result.messages.contains("stopped; nothing was written"), "\(result)")
    #expect(try contents(tree) == before)
  }

  private struct Application: SchemaApplication { static let name = "gradus" }

  /// However late it is cancelled: an answer may have come before.
  @Test func nothingIsWrittenOnceItIsCancelled() async throws {
    func cancelled<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async {
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await body()
      }
      await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
    let tree = try Self.tree()
    let before = try contents(tree)
    await cancelled {
      var questions = Questions(isInteractive: true)
      questions.ask = { _ in "an answer" }
      return try await questions.answer(nil, "q", flag: "--x")
    }
    let root = tree.root
    await cancelled {
      let context = try CommandContext(Application.self, SchemaOptions.parse(["--schema-root", root.path]))
      let source = StalenessRule.Source(table: "orders", key: ["id"], position: "id")
      _ = try await SourceColumns.read(source, newTables: [], context)
    }
    await cancelled {
      try TreeEdit(root: root, changes: [.create(path: "delta/main/2/01_a.sql", text: "x")]).apply {}
    }
    #expect(try contents(tree) == before)
  }

  @Test func questionsAreAskedWhereSomebodyIsThere() async throws {
    let lines = Lines(["", "  shop , name ", ""])
    var questions = Questions(isInteractive: true)
    questions.ask = { lines.next($0) }
    #expect(try await questions.answer("given", "q", flag: "--x") == "given")
    #expect(try await questions.answer(nil, "its key", flag: "--key") == "shop , name")
    #expect(try await questions.answer(nil, "table", flag: "--table", default: "totals") == "totals")
    let missing = await #expect(throws: (any Error).self) {
      _ = try await questions.answer(nil, "more", flag: "--more")
    }
    #expect("\(String(describing: missing))".contains("--more is missing: more"))
    #expect(lines.asked == ["its key: ", "its key: ", "table [totals]: ", "more: "])
  }
}

/// Somebody who answers.
private final class Lines {
  private var answers: [String]
  private(set) var asked: [String] = []

  init(_ answers: [String]) { self.answers = answers }

  func next(_ question: String) -> String? {
    asked.append(question)
    return answers.isEmpty ? nil : answers.removeFirst()
  }
}
