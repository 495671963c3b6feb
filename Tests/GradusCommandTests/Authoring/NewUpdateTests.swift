import Foundation
import Gradus
import GradusTestSupport
import ProgramTestSupport
import Testing

@testable import GradusCommand

@Suite struct NewUpdateTests {
  @discardableResult
  private func new(_ tree: TemporarySchema, _ arguments: String...) async throws -> ProgramResult {
    try await Program.gradus.run(["new", "update"] + arguments, folder: tree.root)
  }

  private func files(_ tree: TemporarySchema) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: tree.root.appending(path: "delta/main/3").path)
      .sorted()
  }

  /// Each kind, with the declaration that its flags make.
  static let kinds: [(arguments: [String], kind: UpdateDeclaration.Kind)] = [
    (
      [
        "backfill", "--table", "orders", "--key", "id", "--where", "amount < 0", "--sql",
        "UPDATE orders SET amount = 0 WHERE {range}",
      ],
      .backfill(
        .init(
          table: "orders", key: ["id"], condition: "amount < 0",
          sql: .init("UPDATE orders SET amount = 0 WHERE {range}")))
    ),
    (
      ["drain", "--table", "q", "--key", "a,b", "--sql", "DELETE FROM z WHERE {range:q}"],
      .drain(.init(table: "q", key: ["a", "b"], sql: .init("DELETE FROM z WHERE {range:q}")))
    ),
    (
      [
        "index", "--table", "orders", "--columns", "customer,Full Name,coalesce(amount, 0)", "--unique",
        "--index", "i",
        "--where", "id > 0", "--replaces", "old",
      ],
      .index(
        .init(
          name: "i", table: "orders", columns: ["customer", "\"Full Name\"", "coalesce(amount, 0)"],
          isUnique: true,
          condition: "id > 0", replaces: "old"))
    ),
    (
      [
        "validate_constraint", "--table", "orders", "--constraint", "c", "--key", "id", "--check",
        "amount > 0", "--delete-violations", "--set-not-null", "amount",
      ],
      .validateConstraint(
        .init(
          table: "orders", constraint: "c", key: ["id"], check: "amount > 0", deletesViolations: true,
          setNotNull: "amount"))
    ),
    (
      ["constraint", "--table", "orders", "--not-null", "amount"],
      .constraint(.init(table: "orders", name: "u", rule: .notNull(column: "amount")))
    ),
    (
      [
        "constraint", "--table", "orders", "--constraint", "fk", "--columns", "customer", "--references",
        "customers(name)", "--on-delete", "cascade", "--deferrable",
      ],
      .constraint(
        .init(
          table: "orders", name: "fk",
          rule: .foreignKey(
            .init(
              columns: ["customer"], parent: "customers", parentColumns: ["name"], onDelete: .cascade,
              isDeferred: true))))
    ),
    (
      [
        "sync_column", "--table", "orders", "--key", "id", "--from", "amount", "--into", "cents", "--using",
        "amount * 100", "--reverse", "cents / 100",
      ],
      .syncColumn(
        .init(
          table: "orders", key: ["id"], from: ["amount"], to: "cents", using: .init("amount * 100"),
          reverse: .init("cents / 100")))
    ),
    (
      ["sql", "--sql", "DELETE FROM orders WHERE customer = 'it''s: \"x\"'"],
      .sql(.init("DELETE FROM orders WHERE customer = 'it''s: \"x\"'"))
    ),
    (["handler"], .handler),
  ]

  @Test(arguments: kinds.indices)
  func eachKindIsReadAsItWasAsked(index: Int) async throws {
    let (arguments, kind) = Self.kinds[index]
    let tree = try TemporarySchema.shop()
    let result = try await Program.gradus.run(
      ["new", "update", "u", "--depends-on", "fill_totals", "--kind"] + arguments, folder: tree.root)
    #expect(result.code == 0, "\(result)")
    #expect(result.output.hasSuffix("/delta/main/3/02_u.updates.yaml\n"), "\(result)")
    let declaration = try #require(try tree.definition().tree.declarations["u"])
    #expect(declaration.kind == kind)
    #expect(declaration.dependsOn == ["fill_totals"] && declaration.ordering == 302)
  }

  /// What is left out stands in the file as something that cannot be forgotten.
  @Test(arguments: [
    ["backfill", "--table", "orders", "--key", "id"],
    ["drain", "--table", "totals_queue", "--key", "customer"], ["sql"],
  ])
  func whatIsLeftOutCannotBeForgotten(arguments: [String]) async throws {
    let tree = try TemporarySchema.shop()
    let result = try await Program.gradus.run(
      ["new", "update", "u", "--kind"] + arguments, folder: tree.root)
    #expect(result.code == 0 && result.messages.contains("WRITE_THIS"), "\(result)")
    let check = try await Program.gradus.run(["check"], folder: tree.root)
    #expect(check.code != 0 && (check.output + check.messages).contains("WRITE_THIS"), "\(check)")
  }

  /// In lines that YAML makes one of it would hide what follows it.
  @Test func aCommentInTheSQLOfATemplateHidesNothing() async throws {
    let tree = try TemporarySchema.shop()
    try await new(tree, "u", "--kind", "backfill", "--table", "orders", "--key", "id")
    try tree.edit("delta/main/3/02_u.updates.yaml", "WRITE_THIS WHERE", "amount = 1 -- for now\n      WHERE")
    let declaration = try #require(try tree.definition().tree.declarations["u"])
    let sql = "UPDATE \"orders\" SET amount = 1 -- for now\nWHERE {range}\n"
    #expect(declaration.kind == .backfill(.init(table: "orders", key: ["id"], sql: .init(sql))))
  }

  @Test func aDroppedSyncAndAnEngine() async throws {
    let tree = try TemporarySchema.shop()
    try await new(
      tree, "cents", "--kind", "sync_column", "--table", "orders", "--key", "id", "--from", "amount",
      "--into", "cents", "--using", "amount")
    let result = try await new(
      tree, "cents_end", "--kind", "drop_sync", "--sync", "cents", "--engine", "sqlite", "--ordering", "7")
    #expect(result.code == 0, "\(result)")
    let declaration = try #require(try tree.definition().tree.declarations["cents_end"])
    #expect(
      declaration.kind == .dropSync("cents") && declaration.engines == [.sqlite] && declaration.ordering == 7)
  }

  @Test(
    arguments: [
      (["u", "--kind", "index"], 64, "needs --table, --columns"),
      (["u", "--kind", "handler", "--table", "orders"], 64, "does not take --table"),
      (["u", "--kind", "sql", "--key", "id"], 64, "it takes --sql"),
      (["u", "--kind", "constraint", "--table", "orders"], 64, "needs one of --not-null"),
      (
        ["u", "--kind", "constraint", "--table", "orders", "--references", "customers", "--columns", "x"], 64,
        "customers(name)"
      ),
      (
        ["u", "--kind", "constraint", "--table", "t", "--check", "x > 0", "--on-delete", "cascade"], 64,
        "--on-delete is about a foreign key"
      ),
      (
        ["u", "--kind", "constraint", "--table", "t", "--not-null", "x", "--deferrable"], 64,
        "--deferrable is about a foreign key"
      ),
      (["a b", "--kind", "handler"], 64, "letters, digits and underscores"),
      (["u", "--kind", "wrong"], 64, "wrong"),
      (
        ["fill_totals", "--kind", "sql"], 1, "02_fill.updates.yaml: an update is named 'fill_totals' already"
      ),
      (["queued", "--kind", "handler"], 1, "a delta of version 3 queues 'queued' already"),
      (["u", "--kind", "sql", "--depends-on", "fill_total"], 1, "did you mean 'fill_totals'?"),
      (
        ["u", "--kind", "backfill", "--table", "t", "--key", "id", "--sql", "DELETE FROM t"], 1,
        "does not use {range}"
      ),
      (
        ["u", "--kind", "constraint", "--table", "t", "--not-null", "x", "--delete-violations"], 1,
        "delete_violations needs 'key'"
      ),
      (
        [
          "u", "--kind", "constraint", "--table", "t", "--not-null", "x", "--delete-violations", "--dry-run",
        ], 1, "delete_violations needs 'key'"
      ),
      (["u", "--kind", "drop_sync", "--sync", "nothing"], 1, "which no sync_column declares"),
      (["u", "--kind", "handler", "--logical-database", "mian"], 1, "did you mean 'main'?"),
    ] as [([String], Int32, String)])
  func refusesAndLeavesNothing(arguments: [String], code: Int32, message: String) async throws {
    let tree = try TemporarySchema.shop()
    try tree.write(
      "delta/main/3/02_q.sql",
      "INSERT INTO background_updates (ordering, update_name, progress_json) VALUES (302, 'queued', '{}');")
    let before = try files(tree)
    let result = try await Program.gradus.run(["new", "update"] + arguments, folder: tree.root)
    #expect(result.code == code, "\(result)")
    #expect(result.messages.contains(message), "\(result)")
    #expect(try files(tree) == before)
    #expect(throws: Never.self) { _ = try tree.definition() }
  }

  @Test func aDryRunWritesNothing() async throws {
    let tree = try TemporarySchema.shop()
    let result = try await new(tree, "u", "--kind", "handler", "--dry-run")
    #expect(
      result.code == 0 && result.output.hasPrefix("--- new delta/main/3/02_u.updates.yaml\n"), "\(result)")
    #expect(try files(tree) == ["01_index.sql"])
  }

  /// Which of the many flags are a kind's.
  @Test func theHelpSaysWhatEachKindTakes() async throws {
    let help = try await Program.gradus.run(["new", "update", "--help"])
    for line in ["backfill: --table --key [--where] [--sql]", "drop_sync: --sync", "handler: nothing"] {
      #expect(help.output.contains("\n  \(line)\n"), "\(help)")
    }
  }

  @Test(arguments: [
    ("amount", "amount"), ("Full Name", #""Full Name""#), ("group", #""group""#), ("Amount", #""Amount""#),
    ("größe", #""größe""#), (#"a"b"#, #"a"b"#), ("lower(name)", "lower(name)"),
    ("amount DESC", "amount DESC"),
    ("name collate nocase", "name collate nocase"), ("name text_pattern_ops", "name text_pattern_ops"),
    ("a->>'b'", "a->>'b'"), (#""Full Name" DESC"#, #""Full Name" DESC"#),
  ])
  func anIndexsColumnsGetTheQuotesThatTheyNeed(given: String, written: String) {
    #expect(IndexColumn.sql(given) == written)
  }

  @Test func columnsAreSplitOutsideOfBrackets() {
    #expect(ColumnList.split(["a, b", "f(c, d),e", " "]) == ["a", "b", "f(c, d)", "e"])
  }
}
