import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Where results are JSON, errors are, too: on standard error, so that what reads results finds nothing else.
@Suite struct ErrorLinesTests {
  /// The one error that a command has told.
  private func onlyError(
    _ result: ProgramResult, _ code: String, exitCode: Int32 = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String: Any] {
    let errors = try result.errors()
    try #require(errors.count == 1, "\(result)", sourceLocation: sourceLocation)
    #expect(result.messages.hasSuffix("}\n"), "\(result)", sourceLocation: sourceLocation)
    #expect(errors[0]["code"] as? String == code, "\(result)", sourceLocation: sourceLocation)
    #expect(errors[0]["exit_code"] as? Int == Int(exitCode), "\(result)", sourceLocation: sourceLocation)
    #expect(result.code == exitCode, "\(result)", sourceLocation: sourceLocation)
    #expect((errors[0]["message"] as? String)?.isEmpty == false, "\(result)", sourceLocation: sourceLocation)
    return errors[0]
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aDeltaThatFails(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let file = "delta/main/2/04_bad.sql"
      try shop.schema.write(file, "CREATE TABLE fine (id BIGINT);\n  INSERT INTO nowhere VALUES (1);\n")
      let result = try await shop.gradus("migrate", "--format", "json")
      let error = try onlyError(result, "deltaFailed")
      #expect(error["cause"] as? String == "undefinedObject", "\(result)")
      #expect(error["file"] as? String == file && error["line"] as? Int == 2, "\(result)")
      #expect(error["column"] is Int, "\(result)")
      #expect((error["statement"] as? String)?.contains("INSERT INTO nowhere") == true, "\(result)")
      #expect((error["hint"] as? String)?.contains("nothing of this delta was kept") == true, "\(result)")
      #expect(error["sqlstate"] as? String == (engine == .postgres ? "42P01" : nil), "\(result)")
      #expect(error["sqlite_code"] as? Int == (engine == .sqlite ? 1 : nil), "\(result)")
      // There is one database.
      #expect(error["database"] == nil, "\(result)")
      // What was done until then is on standard output.
      let events = try result.objects().map { $0["event"] as? String }
      #expect(events.contains("step_finished") && !events.contains(nil), "\(result)")
    }
  }

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func aBlockThatFailsSaysWhereInIt() async throws {
    try await Shop.with(.postgres) { shop in
      try shop.schema.write(
        "delta/main/2/04_bad.sql.postgres", "DO $$ BEGIN\n  INSERT INTO nowhere VALUES (1);\nEND $$;\n")
      let result = try await shop.gradus("migrate", "--format", "json")
      let context = try onlyError(result, "deltaFailed")["context"] as? String
      #expect(context?.hasPrefix("PL/pgSQL function inline_code_block line 2") == true, "\(result)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatIsRefusedAndWhatIsUnknown(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      try await shop.gradus("migrate")
      let old = try await shop.gradus("migrate", "--to", "1", "--format", "json")
      let refusal = try onlyError(old, "databaseTooNew", exitCode: 3)
      #expect(refusal["file"] == nil && refusal["cause"] == nil && refusal["sqlstate"] == nil, "\(old)")
      #expect(old.output.isEmpty, "\(old)")
      let misspelt = try await shop.gradus("updates", "run", "fil_totals", "--format", "json")
      let unknown = try onlyError(misspelt, "unknownUpdate")
      #expect((unknown["hint"] as? String)?.contains("did you mean 'fill_totals'?") == true, "\(misspelt)")
      // People are told as ever, and so is wrong usage.
      let text = try await shop.gradus("migrate", "--to", "1")
      #expect(text.code == 3 && text.messages.hasPrefix("error: "), "\(text)")
      let usage = try await shop.gradus("migrate", "--fence-timeout", "-1", "--format", "json")
      #expect(usage.code == 64 && usage.messages.hasPrefix("Error: "), "\(usage)")
      // What a result tells is no error.
      let no = try await shop.gradus("can-rollback", "--to", "1", "--format", "json")
      #expect(no.code == 3 && no.messages.isEmpty, "\(no)")
    }
  }

  /// Each database's is a line of its own.
  @Test(arguments: TestDatabase.availableEngines)
  func severalDatabasesThatCannotBeReached(engine: Engine) async throws {
    let schema = try TemporarySchema.shop()
    defer { withExtendedLifetime(schema) {} }
    let place = engine == .postgres ? "postgres://u:secret@127.0.0.1:1/" : "nowhere/"
    try schema.write(
      "gradus.yaml",
      """
      databases:
        first: {url: "\(place)first", databases: [main]}
        second: {url: "\(place)second", databases: [state]}
      """)
    let status = try await Program.gradus.run(["status", "--format", "json"], folder: schema.root)
    #expect(status.code == 1, "\(status)")
    let errors = try status.errors()
    #expect(errors.map { $0["database"] as? String } == ["first", "second"], "\(status)")
    #expect(errors.map { $0["code"] as? String } == ["cannotConnect", "cannotConnect"], "\(status)")
    #expect(errors.allSatisfy { $0["exit_code"] as? Int == 1 && $0["hint"] is String }, "\(status)")
    #expect(try status.object()["databases"] is [Any], "\(status)")
    // Where the first ends the command, it is the only one.
    let plan = try await Program.gradus.run(["plan", "--format", "json"], folder: schema.root)
    #expect(try onlyError(plan, "cannotConnect")["database"] as? String == "first", "\(plan)")
    #expect(!status.messages.contains("secret") && !plan.messages.contains("secret"))
  }

  private static let commands = [
    ["plan"], ["migrate"], ["status"], ["updates", "list"], ["updates", "run"],
    ["can-rollback", "--to", "1"], ["drift"], ["check"], ["check", "compat"], ["schema", "diff", "1", "2"],
    ["why", "orders.id"],
  ]

  @Test(arguments: commands) func aFileThatCannotBeRead(command: [String]) async throws {
    let schema = try TemporarySchema.shop()
    defer { withExtendedLifetime(schema) {} }
    try schema.write("schema/schema.yaml", "verison: 3\ncompat_version: 2\n")
    for format in command == ["check"] ? ["json", "sarif"] : ["json"] {
      let result = try await Program.gradus.run(command + ["--format", format], folder: schema.root)
      let error = try onlyError(result, "invalidFile")
      #expect((error["file"] as? String)?.hasSuffix("schema/schema.yaml") == true, "\(result)")
      #expect(error["line"] as? Int == 1 && error["column"] as? Int == 1, "\(result)")
      #expect((error["hint"] as? String)?.contains("did you mean 'version'?") == true, "\(result)")
      #expect(result.output.isEmpty, "\(result)")
    }
  }
}
