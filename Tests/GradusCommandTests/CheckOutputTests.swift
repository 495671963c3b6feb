import Foundation
import GradusTestSupport
import ProgramTestSupport
import Testing

@testable import GradusCommand

/// What `check` and `schema diff` tell programs and people.
@Suite struct CheckOutputTests {
  private static let files = [
    "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
    "schema/main/1/01_base.sql": "CREATE TABLE things (id BIGINT PRIMARY KEY, note TEXT);",
    "delta/main/2/01_a.sql": "ALTER TABLE things DROP COLUMN note;",
    "schema/queries/2.sql": "-- query: ids\nSELECT id FROM things;\n",
  ]

  @Test(arguments: [
    ["check", "--format", "json"], ["check", "--format", "sarif"], ["check", "compat", "--format", "json"],
  ])
  func whatWasLeftOutIsSaid(arguments: [String]) async throws {
    let tree = try TemporarySchema(Self.files)
    let result = try await Program.gradus.run(arguments, folder: tree.root)
    #expect(result.messages.contains("PostgreSQL was not checked"), "\(result)")
    #expect(result.output.hasPrefix("{"), "\(result)")
  }

  /// A rule that needs rows finds nothing where there are none; that must not look like a clean result.
  @Test(arguments: ["text", "json", "sarif"])
  func whatCouldNotBeTriedIsSaid(format: String) async throws {
    let tree = try TemporarySchema(
      Self.files.merging(
        [
          "schema/main/1/01_base.sql":
            "CREATE TABLE odd (id BIGINT PRIMARY KEY, x TEXT NOT NULL CHECK (x <> x));",
          "schema/queries/2.sql": "-- query: ids\nSELECT id FROM odd;\n",
          "delta/main/2/01_a.sql": "SELECT 1;",
        ]) { $1 })
    let result = try await Program.gradus.run(
      ["check", "--engine", "sqlite", "--format", format], folder: tree.root)
    #expect(result.messages.contains("deltas were tried without rows in 'odd'"), "\(result)")
    #expect(result.messages.contains("queries on 'odd' were tried without rows"), "\(result)")
    if format == "json" {
      #expect((try result.objects().first?["notes"] as? [String])?.count == 2, "\(result)")
    }
  }

  /// Code hosts look for files from the top of the checkout on.
  @Test func placesAreThoseOfTheCheckout() async throws {
    let tree = try TemporarySchema(Dictionary(uniqueKeysWithValues: Self.files.map { ("db/" + $0, $1) }))
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = ["git", "-C", tree.root.path, "init", "--quiet"]
    try git.run()
    git.waitUntilExit()
    let result = try await Program.gradus.run(
      ["check", "--schema-root", "db", "--engine", "sqlite", "--format", "sarif"], folder: tree.root)
    #expect(result.output.contains("\"uri\":\"db/delta/main/2/01_a.sql\""), "\(result)")
    let places = SARIFPlaces(root: tree.root.appending(path: "db"), ledger: "schema/schema.yaml")
    #expect(places.uri("schema/queries/2.sql") == "db/schema/queries/2.sql")
    #expect(places.uri("v1:schema/queries/1.sql") == nil)
    #expect(places.uri("a b/ü.sql") == "db/a%20b/%C3%BC.sql")
  }

  /// A code host refuses a document of which one result has no place.
  @Test func everyResultHasAPlace() async throws {
    let tree = try TemporarySchema(
      Self.files.merging([
        "schema/schema.yaml": "version: 2\ncompat_version: 2\nversions: {1: {compat: 1}, 2: {compat: 2}}\n",
        "delta/main/2/1_a.sql": "SELECT 1;",
      ]) { $1 })
    let result = try await Program.gradus.run(
      ["check", "--engine", "sqlite", "--format", "sarif"], folder: tree.root)
    let runs = try #require(try result.object()["runs"] as? [[String: Any]])
    #expect(runs.first?["columnKind"] as? String == "unicodeCodePoints")
    let results = try #require(runs.first?["results"] as? [[String: Any]])
    let places = results.map { found -> String in
      let location = (found["locations"] as? [[String: Any]])?.first?["physicalLocation"] as? [String: Any]
      let uri = (location?["artifactLocation"] as? [String: Any])?["uri"] as? String
      let line = (location?["region"] as? [String: Any])?["startLine"] as? Int
      return "\(found["ruleId"] as? String ?? "") \(uri ?? "") \(line ?? 0)"
    }
    #expect(places.contains("C14 schema/schema.yaml 1"), "\(places)")
    #expect(places.contains("D07 delta/main/2/1_a.sql 1"), "\(places)")
    #expect(!places.contains { $0.hasSuffix(" 0") }, "\(places)")
  }

  /// A delta whose name is wrong is applied by nobody; that it was checked must not be believed.
  @Test(arguments: ["01_x.sql~", "04_x.sql.mysql"])
  func whatIsIgnoredIsSaid(name: String) async throws {
    let tree = try TemporarySchema(Self.files.merging(["delta/main/2/\(name)": "DROP TABLE things;"]) { $1 })
    let result = try await Program.gradus.run(["check", "--engine", "sqlite"], folder: tree.root)
    #expect(
      result.messages.contains("delta/main/2/\(name): neither SQL nor an updates file; ignored"), "\(result)")
  }

  @Test func anEmptyVariableNamesNoServer() async throws {
    let tree = try TemporarySchema(Self.files)
    let result = try await Program.gradus.run(
      ["check"], environment: ["GRADUS_SCRATCH": ""], folder: tree.root)
    #expect(result.code == 2 && result.messages.contains("PostgreSQL was not checked"), "\(result)")
  }

  @Test func aRuleIsExplained() async throws {
    let rule = try await Program.gradus.run(["explain", "c07"])
    #expect(rule.code == 0 && rule.output.hasPrefix("C07 (error): "), "\(rule)")
    #expect(rule.output.contains("\nwhy:     ") && rule.output.contains("\ninstead: "), "\(rule)")
    let all = try await Program.gradus.run(["explain"])
    #expect(all.code == 0 && all.output.contains("\nC07  error: "), "\(all)")
    let misspelt = try await Program.gradus.run(["explain", "c7"])
    #expect(misspelt.code == 1 && misspelt.messages.contains("did you mean 'C07'?"), "\(misspelt)")
  }

  /// An application may be on PostgreSQL alone.
  @Test func whatEngineIsComparedOnIsSaid() async throws {
    let tree = try TemporarySchema(Self.files)
    let result = try await Program.gradus.run(["schema", "diff", "1", "1"], folder: tree.root)
    #expect(result.code == 0 && result.messages.contains("compared on SQLite"), "\(result)")
    let asked = try await Program.gradus.run(
      ["schema", "diff", "1", "1", "--engine", "sqlite"], folder: tree.root)
    #expect(asked.code == 0 && asked.messages.isEmpty, "\(asked)")
  }

  @Test func aFileThatCannotBeReadSaysWhy() async throws {
    let tree = try TemporarySchema(Self.files)
    try Data([0x2D, 0x2D, 0xE9, 0x0A]).write(to: tree.root.appending(path: "latin.sql"))
    for (file, reason) in [("latin.sql", "latin.sql:1:1: is no UTF-8 text"), ("schema.sql", "is a folder")] {
      if file == "schema.sql" { try tree.write("schema.sql/empty", "") }
      let result = try await Program.gradus.run(["schema", "diff", "2", file], folder: tree.root)
      #expect(result.code == 1 && result.messages.contains(reason), "\(result)")
    }
  }

  @Test(arguments: ["typo.sql", "sqlite:typo.db", "typo.db"])
  func aMisspeltFileIsNoEmptySchema(argument: String) async throws {
    let tree = try TemporarySchema(Self.files)
    let result = try await Program.gradus.run(["schema", "diff", "2", argument], folder: tree.root)
    #expect(result.code == 1 && result.messages.contains("there is no such file"), "\(result)")
  }
}
