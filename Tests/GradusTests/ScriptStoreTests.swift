import GradusTestSupport
import Testing

@testable import Gradus

@Suite struct ScriptStoreTests {
  private let tree: TemporarySchema
  private let files: [SchemaFile]

  init() throws {
    tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_start.sql": "SELECT 1;",
      "delta/main/2/01_first.sql": "SELECT 1;",
      "delta/main/2/02_second.sql": "SELECT 2;",
    ])
    files = try tree.definition().tree.deltas[2] ?? []
  }

  /// What was looked at is what is run.
  @Test func readsOnce() throws {
    let store = ScriptStore()
    #expect(try store.script(of: files[0], for: .sqlite).sql == "SELECT 1;")
    try tree.write("delta/main/2/01_first.sql", "SELECT 3;")
    #expect(try store.script(of: files[0], for: .sqlite).sql == "SELECT 1;")
    #expect(try ScriptStore().script(of: files[0], for: .sqlite).sql == "SELECT 3;")
  }

  @Test func whatExceedsTheLimitIsReadAgain() throws {
    let store = ScriptStore(limit: 10)
    for file in files { _ = try store.script(of: file, for: .sqlite) }
    store.setChecked(files, for: .sqlite)
    #expect(store.isChecked(files[0], for: .sqlite))
    #expect(!store.isChecked(files[1], for: .sqlite))
    for (name, sql) in [("01_first", "SELECT 3;"), ("02_second", "SELECT 4;")] {
      try tree.write("delta/main/2/\(name).sql", sql)
    }
    #expect(try files.map { try store.script(of: $0, for: .sqlite).sql } == ["SELECT 1;", "SELECT 4;"])
  }

  /// The placeholder is another text for each.
  @Test func enginesHaveTheirOwn() throws {
    let store = ScriptStore()
    try tree.write("delta/main/2/01_first.sql", "CREATE TABLE t (id $%AUTO_INCREMENT_PRIMARY_KEY%$);")
    let texts = try [.sqlite, .postgres].map { try store.script(of: files[0], for: $0).sql }
    #expect(texts[0].contains("AUTOINCREMENT"))
    #expect(texts[1].contains("GENERATED ALWAYS AS IDENTITY"))
    store.setChecked(files, for: .sqlite)
    #expect(!store.isChecked(files[0], for: .postgres))
  }
}
