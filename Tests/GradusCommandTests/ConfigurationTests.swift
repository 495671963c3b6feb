import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Where commands find their database and their schema.
@Suite struct ConfigurationTests {
  /// SQLite only: which source wins is decided before an engine is.
  @Test func theFlagGoesBeforeTheEnvironmentAndTheFile() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("gradus.yaml", "database: in_file.db\n")
    func database(_ arguments: [String], _ environment: [String: String]) async throws -> String? {
      let plan = try await Program.gradus.run(
        ["plan", "--format", "json"] + arguments, environment: environment, folder: tree.root
      ).object()
      return (plan["databases"] as? [[String: Any]])?.first?["database"] as? String
    }
    let environment = ["DATABASE_URL": "sqlite:in_environment.db"]
    #expect(try await database([], [:]) == "in_file.db")
    #expect(try await database([], environment) == "in_environment.db")
    #expect(try await database(["--database", "in_flag.db"], environment) == "in_flag.db")
    // What is empty is not set.
    #expect(try await database([], ["DATABASE_URL": "", "GRADUS_SCHEMA_ROOT": ""]) == "in_file.db")
  }

  /// As one whose lines have all been commented out.
  @Test func aFileMaySayNothing() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("gradus.yaml", "# database: in_file.db\n")
    let result = try await Program.gradus.run(["plan", "--database", "other.db"], folder: tree.root)
    #expect(result.code == 2, "\(result)")
    let none = try await Program.gradus.run(["plan"], folder: tree.root)
    #expect(none.code == 1 && none.messages.contains("no database given"), "\(none)")
    // Of several only the one that is asked for is read.
    try tree.write("other.yaml", "")
    let other = try await Program.gradus.run(["plan", "--config", "other.yaml"], folder: tree.root)
    #expect(other.messages.contains("write 'database:' into other.yaml"), "\(other)")
  }

  @Test(arguments: [
    ("database: mysql://localhost/shop", "error: gradus.yaml: unknown database scheme 'mysql'"),
    ("database: ''", "error: gradus.yaml: the database address is empty"),
    (
      "databases: {one: {url: x.db, databases: [main]}, two: {url: '', databases: [state]}}",
      "error: database 'two': gradus.yaml: the database address is empty"
    ),
  ])
  func aWrongAddressIsSaidWhereItIs(text: String, message: String) async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("gradus.yaml", text + "\n")
    let result = try await Program.gradus.run(["plan"], folder: tree.root)
    #expect(result.code == 1 && result.messages.contains(message), "\(result)")
    #expect(result.messages.contains("hint: "), "\(result)")
  }

  @Test func aFileThatCannotBeReadSaysWhy() async throws {
    let tree = try TemporarySchema.shop()
    try Data([0x61, 0xE9, 0x0A]).write(to: tree.root.appending(path: "latin.yaml"))
    for (file, reason) in [
      ("nowhere.yaml", "No such file or directory"), ("schema", "Is a directory"),
      ("latin.yaml", "no UTF-8 text"),
    ] {
      let result = try await Program.gradus.run(["plan", "--config", file], folder: tree.root)
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("\(file): cannot read the configuration: "), "\(result)")
      #expect(result.messages.contains(reason), "\(result)")
    }
  }

  /// Whatever is wrong with the line of an address, the line is not shown.
  @Test(arguments: ["\u{7}", "\": [", "\\q"])
  func aFileThatIsNoYAMLShowsNoPassword(fault: String) async throws {
    let tree = try TemporarySchema.shop()
    try tree.write(
      "gradus.yaml", "# of the shop\ndatabase: \"postgres://bob:hunter2\(fault)@localhost/shop\"\n")
    let result = try await Program.gradus.run(["plan"], folder: tree.root)
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains("gradus.yaml:2:"), "\(result)")
    #expect(!"\(result)".contains("hunter2"), "\(result)")
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theEnvironmentNamesTheDatabase(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let result = try await Program.gradus.run(
        ["migrate"], environment: ["DATABASE_URL": shop.database.address], folder: shop.schema.root)
      #expect(result.code == 0, "\(result)")
      #expect(try await shop.database.values("SELECT version FROM schema_version") == [3])
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func logicalDatabasesMayLiveApart(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        let result = try await Program.gradus.run(["migrate"], folder: shop.schema.root)
        #expect(result.code == 0, "\(result)")
        #expect(result.output.split(separator: "\n").count == 2, "\(result)")
        #expect(try await shop.database.values("SELECT count(*) FROM orders") == [0])
        #expect(try await other.values("SELECT count(*) FROM notes") == [0])
        for (database, absent) in [(shop.database, "notes"), (other, "orders")] {
          let lines = try await DatabaseDump.lines(database)
          #expect(!lines.contains { $0.contains(absent) })
          #expect(lines.contains { $0.hasPrefix("schema_version:") && $0.contains("version=integer(3)") })
        }
        let plan = try await Program.gradus.run(["plan", "--format", "json"], folder: shop.schema.root)
        #expect(plan.code == 0, "\(plan)")
        #expect((try plan.object()["databases"] as? [Any])?.count == 2)
      }
    }
  }

  /// Two clusters may have databases of one name: results say which of the configuration each is of.
  @Test(arguments: TestDatabase.availableEngines)
  func resultsNameTheDatabases(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let alone = try await shop.gradus("plan")
      #expect(!alone.output.contains("master"), "\(alone)")
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        for command in [["plan"], ["migrate"], ["status"], ["can-rollback", "--to", "2"]] {
          let text = try await Program.gradus.run(command, folder: shop.schema.root)
          for name in ["master", "state"] { #expect(text.output.contains("\(name) at "), "\(text)") }
          let result = try await Program.gradus.run(command + ["--format", "json"], folder: shop.schema.root)
          let databases = try #require(
            try result.objects().last?["databases"] as? [[String: Any]], "\(result)")
          #expect(databases.map { $0["name"] as? String } == ["master", "state"], "\(result)")
          #expect(databases.allSatisfy { $0["database"] is String }, "\(result)")
        }
      }
    }
  }

  /// `main` and `state` on one database of PostgreSQL, by two addresses.
  private func configureTwoAddresses(_ shop: Shop, parameter: String) throws {
    let address = shop.database.address
    try shop.schema.write(
      "gradus.yaml",
      """
      databases:
        master: {url: "\(address)", databases: [main]}
        state: {url: "\(address)&\(parameter)", databases: [state]}
      """)
  }

  /// The addresses differ, and the server tells.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func twoAddressesOfOneDatabaseAreRefused() async throws {
    try await Shop.with(.postgres) { shop in
      func expectRefusal(_ commands: [[String]]) async throws {
        try configureTwoAddresses(shop, parameter: "connect_timeout=60")
        let before = try await DatabaseDump.lines(shop.database)
        for command in commands {
          let result = try await Program.gradus.run(command, folder: shop.schema.root)
          #expect(result.code == 1, "\(command): \(result)")
          #expect(
            result.messages.contains("gradus.yaml: 'master' and 'state' are the same database"),
            "\(command): \(result)")
          #expect(result.messages.contains("make one entry with both of their lists"), "\(result)")
        }
        #expect(try await DatabaseDump.lines(shop.database) == before)
      }
      try await expectRefusal([["plan"], ["migrate"], ["status"], ["serve", "--listen", "127.0.0.1:0"]])
      #expect(try await shop.gradus("migrate").code == 0)
      try await expectRefusal([
        ["plan"], ["migrate"], ["status"], ["can-rollback", "--to", "2"], ["updates", "list"],
        ["updates", "run"], ["updates", "pause"], ["serve", "--listen", "127.0.0.1:0", "--no-migrate"],
      ])
    }
  }

  /// By its address alone it would be taken for one that has all there is.
  @Test(arguments: TestDatabase.availableEngines)
  func oneOfSeveralHoldsWhatTheFileSays(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        for arguments in [["migrate", "--to", "1"], ["migrate"]] {
          let result = try await Program.gradus.run(
            arguments + ["--database", other.address], folder: shop.schema.root)
          #expect(result.code == 0 && result.output.hasPrefix("state at "), "\(result)")
        }
        #expect(try await other.values("SELECT count(*) FROM notes") == [0])
        #expect(try await !DatabaseDump.lines(other).contains { $0.contains("orders") })
        #expect(try await DatabaseDump.lines(shop.database) == [])
      }
    }
  }

  /// Their bookkeeping tables are apart.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func twoSchemasOfOneDatabaseAreTwo() async throws {
    try await Shop.with(.postgres) { shop in
      try await shop.database.execute("CREATE SCHEMA apart")
      try configureTwoAddresses(shop, parameter: "options=-csearch_path%3Dapart")
      for code in [2, 0] as [Int32] {
        let plan = try await Program.gradus.run(["plan"], folder: shop.schema.root)
        #expect(plan.code == code, "\(plan)")
        let result = try await Program.gradus.run(["migrate"], folder: shop.schema.root)
        #expect(result.code == 0, "\(result)")
      }
      #expect(try await shop.database.values("SELECT version FROM apart.schema_version") == [3])
      #expect(try await shop.database.values("SELECT count(*) FROM apart.notes") == [0])
      #expect(try await shop.database.values("SELECT to_regclass('apart.orders') IS NULL") == [true])
    }
  }

  /// Where the databases are apart, an update is certified on that which has its tables.
  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateIsCertifiedWhereItBelongs(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        #expect(try await Program.gradus.run(["migrate"], folder: shop.schema.root).code == 0)
        try await shop.database.execute("DELETE FROM gradus_update_certificates")
        let result = try await Program.gradus.run(
          ["updates", "certify", "fill_totals"], folder: shop.schema.root)
        #expect(result.code == 0 && result.output.hasPrefix("fill_totals: "), "\(result)")
        #expect(result.output.split(separator: "\n").count == 1, "\(result)")
        let count = "SELECT count(*) FROM gradus_update_certificates"
        #expect(try await shop.database.values(count) == [1])
        #expect(try await other.values(count) == [0])
      }
    }
  }

  /// Where it is queued on all of them and one has not completed it, that one is named.
  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateThatCannotBeCertifiedIsOfADatabase(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try shop.schema.write(
        "delta/common/2/09_note.updates.yaml", "updates: [{name: note, kind: sql, sql: SELECT 1}]\n")
      try await TestDatabase.withDatabase(engine) { other in
        try shop.configure(stateOn: other)
        func gradus(_ arguments: String...) async throws -> ProgramResult {
          try await Program.gradus.run(arguments, folder: shop.schema.root)
        }
        let migration = try await gradus("migrate")
        #expect(migration.code == 0, "\(migration)")
        let done = "DELETE FROM background_updates WHERE update_name = 'note'"
        try await shop.database.execute(done)
        let queued = try await gradus("updates", "certify", "note")
        #expect(queued.code == 1, "\(queued)")
        #expect(queued.messages.contains("error: database 'state': 'note' is queued"), "\(queued)")
        try await other.execute(done)
        let certified = try await gradus("updates", "certify", "note")
        #expect(certified.code == 0, "\(certified)")
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theLayoutMayBeAnother(engine: Engine) async throws {
    let tree = try TemporarySchema([
      "gradus.yaml": """
      schema_root: storage
      layout:
        ledger: schema.yaml
        full_schema: "{database}/full_schemas/{version}"
        delta: "{database}/delta/{version}"
      """,
      "storage/schema.yaml": "version: 2\ncompat_version: 1\n",
      "storage/main/full_schemas/1/full.sql": "CREATE TABLE one (id BIGINT);",
      "storage/state/full_schemas/1/full.sql": "CREATE TABLE state_one (id BIGINT);",
      "storage/main/delta/2/01_two.sql": "CREATE TABLE two (id BIGINT);",
    ])
    try await TestDatabase.withDatabase(engine) { database in
      let result = try await Program.gradus.run(
        ["migrate", "--database", database.address], folder: tree.root)
      #expect(result.code == 0, "\(result)")
      #expect(try await database.values("SELECT file FROM applied_schema_deltas") == ["2/01_two.sql"])
    }
  }

  @Test func anUnknownKeyIsNamedWithItsPlaceAndTheNearest() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("gradus.yaml", "# where\ndatabse: x.db\n")
    let result = try await Program.gradus.run(["plan"], folder: tree.root)
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains("gradus.yaml:2:1: unknown key 'databse'"), "\(result)")
    #expect(result.messages.contains("did you mean 'database'?"), "\(result)")
    try tree.write("other.yaml", "database: [x.db]\n")
    let other = try await Program.gradus.run(["plan", "--config", "other.yaml"], folder: tree.root)
    #expect(other.code == 1 && other.messages.contains("other.yaml:1:11: expected a text"), "\(other)")
    let missing = try await Program.gradus.run(["plan", "--config", "no.yaml"], folder: tree.root)
    #expect(missing.code == 1, "\(missing)")
    #expect(missing.messages.contains("no.yaml: cannot read the configuration"), "\(missing)")
  }

  @Test func theSchemaIsFoundFromAFolderInIt() async throws {
    let tree = try TemporarySchema.shop()
    let arguments = ["plan", "--database", "not_made.db"]
    let within = try await Program.gradus.run(arguments, folder: tree.root.appending(path: "delta/main"))
    #expect(within.code == 2, "\(within)")
    let empty = try TemporarySchema(["empty": ""])
    let variable = try await Program.gradus.run(
      arguments, environment: ["GRADUS_SCHEMA_ROOT": tree.root.path], folder: empty.root)
    #expect(variable.code == 2 && variable.output.contains("version none -> 3"), "\(variable)")
    let flag = try await Program.gradus.run(
      arguments + ["--schema-root", tree.root.path], environment: ["GRADUS_SCHEMA_ROOT": "/nowhere"],
      folder: empty.root)
    #expect(flag.code == 2, "\(flag)")
    try empty.write("gradus.yaml", "schema_root: nowhere\n")
    let overFile = try await Program.gradus.run(
      arguments, environment: ["GRADUS_SCHEMA_ROOT": tree.root.path], folder: empty.root)
    #expect(overFile.code == 2, "\(overFile)")
    let nowhere = try await Program.gradus.run(arguments + ["--schema-root", "nowhere"], folder: empty.root)
    #expect(nowhere.code == 1, "\(nowhere)")
    #expect(nowhere.messages.contains("nowhere/schema/schema.yaml: cannot read the ledger"), "\(nowhere)")
  }

  /// Passed over, it would make of a database that holds some of the logical ones one that holds all.
  @Test func anUnreadableAddressBesideTheOneThatIsMeant() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write(
      "gradus.yaml",
      "databases: {one: {url: 'mysql://x', databases: [main]}, two: {url: two.db, databases: [state]}}\n")
    let result = try await Program.gradus.run(["plan", "--database", "two.db"], folder: tree.root)
    #expect(result.code == 1, "\(result)")
    #expect(
      result.messages.contains("database 'one': gradus.yaml: unknown database scheme 'mysql'"), "\(result)")
    // One that holds all says nothing of another.
    try tree.write("gradus.yaml", "database: mysql://x\n")
    let alone = try await Program.gradus.run(["plan", "--database", "two.db"], folder: tree.root)
    #expect(alone.code == 2, "\(alone)")
  }

  /// Wherever the command runs, paths of a file are of that file's folder.
  @Test func pathsAreOfTheFilesFolder() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("conf/gradus.yaml", "schema_root: ..\ndatabase: sqlite:../shop.db\n")
    let elsewhere = try TemporarySchema(["empty": ""])
    let path = tree.root.appending(path: "conf/gradus.yaml").path
    let result = try await Program.gradus.run(["migrate", "--config", path], folder: elsewhere.root)
    #expect(result.code == 0, "\(result)")
    #expect(FileManager.default.fileExists(atPath: tree.root.appending(path: "shop.db").path))
  }

  /// Neither file is there yet.
  @Test func aFolderOfTwoNamesIsOnePlace() async throws {
    let tree = try TemporarySchema.shop()
    try tree.write("data/empty", "")
    try FileManager.default.createSymbolicLink(
      atPath: tree.root.appending(path: "link").path, withDestinationPath: "data")
    try tree.write(
      "gradus.yaml",
      "databases: {one: {url: data/x.db, databases: [main]}, two: {url: link/x.db, databases: [state]}}\n")
    let result = try await Program.gradus.run(["migrate"], folder: tree.root)
    #expect(result.code == 1, "\(result)")
    #expect(result.messages.contains("'one' and 'two' have the same address"), "\(result)")
  }

  /// Of a script's variable that is not set: it would be the current folder.
  @Test func anEmptyFolderIsNone() async throws {
    let tree = try TemporarySchema.shop()
    let result = try await Program.gradus.run(
      ["plan", "--database", "x.db", "--schema-root", ""], folder: tree.root)
    #expect(result.code == 64 && result.messages.contains("--schema-root names no folder"), "\(result)")
  }

  @Test(arguments: ["--retry-delta", "--mark-applied"])
  func aWorkerDecidesOnNoDelta(option: String) async throws {
    let result = try await Program.gradus.run(["migrate", "--worker", option, "2/01_a.sql"])
    #expect(result.code == 64 && result.messages.contains("--worker changes nothing"), "\(result)")
  }

  @Test func aDeltaIsRunAgainOrRecordedNotBoth() async throws {
    let result = try await Program.gradus.run([
      "migrate", "--retry-delta", "2/01_a.sql", "--mark-applied", "2/01_a.sql",
    ])
    #expect(result.code == 64 && result.messages.contains("2/01_a.sql is either run again"), "\(result)")
  }

  /// What has not been queued yet cannot have been completed.
  @Test(arguments: TestDatabase.availableEngines)
  func anUpdateThatIsYetToComeIsNotCertified(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      #expect(try await shop.gradus("migrate", "--to", "1").code == 0)
      let result = try await shop.gradus("updates", "certify", "fill_totals")
      #expect(result.code == 1, "\(result)")
      #expect(result.messages.contains("'fill_totals' begins with version 2"), "\(result)")
    }
  }
}
