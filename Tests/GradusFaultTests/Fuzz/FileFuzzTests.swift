import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus
@testable import GradusCommand

/// Damaged files: each is read, or refused with an error that names the file.
@Suite struct FileFuzzTests {
  /// - Parameter read: reads a text; what it gives back is read again from its written form by some targets.
  private func fuzz(
    _ target: String, runs: Int, _ corpus: [String], words: [String],
    _ read: @escaping (String) throws -> Void
  ) async {
    #expect(!corpus.isEmpty)
    let mutation = Mutation(words: words)
    await Fuzzing(target, runs: runs).run(
      make: { generator in
        mutation.apply(to: corpus.randomElement(using: &generator) ?? "", &generator)
      },
      judge: { text in
        do {
          try read(text)
        } catch let error as GradusError {
          if error.file == nil { return "the error names no file: \(error)" }
          if error.message.isEmpty { return "the error says nothing" }
          if let position = error.position, position.line < 1 || position.column < 1 {
            return "the error is nowhere: \(error)"
          }
        }
        return nil
      })
  }

  private static let yaml = [
    "~", "null", "on", "off", "{}", "[]", "- ", ": ", "\n  ", "|", ">", "&a ", "*a", "!!int ", "!!binary ",
    "<<", "\"",
    "9223372036854775808", "-1", "0x10", "1e400", ".nan", "true", "%YAML 1.2", "---", "...", "? ", "1_000",
    "2026-01-01",
  ]

  @Test func ledger() async {
    let corpus =
      Corpus.texts(under: ["schema", "docs"], endingWith: ["schema.yaml"]) + [
        """
        version: 3
        compat_version: 2
        upgrades_from: 1
        versions: {1: {compat: 1}, 2: {compat: 1, changes: [a, b]}, 3: {compat: 2}}
        gradual_migrations:
          - name: totals
            starts: 2
            completes: 3
            updates: [fill]
            stale_after_rollback:
              - table: totals
                key: [customer]
                position: last_order
                source: {table: orders, key: [customer], position: id}
                requeue: {into: q, parent: {table: customers, key: [name]}, update: fill}
                when_empty: {rows_in: orders, queue: [{update: fill, progress: "{}"}]}
        """
      ]
    let words =
      Self.yaml + ["version", "compat", "starts", "completes", "key", "guards", "port", "upgrades_from"]
    await fuzz("ledger", runs: 400, corpus, words: words) { _ = try Ledger(text: $0, file: "schema.yaml") }
  }

  @Test func updatesFile() async {
    let corpus =
      Corpus.texts(under: ["delta", "docs", "Tests"], endingWith: [".updates.yaml"]) + [
        """
        updates:
          - {name: a, kind: backfill, table: t, key: [a, b], where: "x IS NULL", sql: "UPDATE t SET x = 1 WHERE {range}"}
          - {name: b, kind: drain, table: q, key: k, depends_on: a, sql: {sqlite: "SELECT {range:q}", postgres: "{range}"}}
          - {name: c, kind: index, table: t, columns: [a, "lower(b)"], engines: [sqlite]}
          - {name: d, kind: sql, sql: "SELECT 1", ordering: 7}
          - {name: e, kind: handler, depends_on: [a, b]}
          - {name: f, kind: validate_constraint, table: t, constraint: c, check: "a > 0"}
        """
      ]
    let words =
      Self.yaml + [
        "backfill", "drain", "index", "sql", "kind", "validate_constraint", "sync_column", "{range}",
        "{range:",
      ]
    await fuzz("updates", runs: 400, corpus, words: words) {
      _ = try UpdatesFileReader(file: "01_x.updates.yaml", defaultOrdering: 1).read($0)
    }
  }

  @Test func configuration() async {
    let corpus = [
      "database: sqlite:a.db\nschema_root: db\nlayout: {ledger: schema.yaml, full_schema: \"{database}/x/{version}\"}\n",
      """
      databases:
        main: {url: postgres://a@b/c, databases: [main]}
        state: {url: "sqlite:x", databases: [state]}
      background_updates:
        background_update_duration_ms: 50
        sleep_enabled: true
        sleep_duration_ms: 500
        min_batch_size: 5
        default_batch_size: 10
        max_batch_size: 20
        windows: ["mon-fri 22:00-06:00", "sat,sun 00:00-24:00"]
        time_zone: Europe/Berlin
        health: {latency_ms: 250, busy_rate: off, interval_ms: 100}
      """,
      "admin:\n  listen: 127.0.0.1:8008\n  token_file: tokens\n",
    ]
    let words = Self.yaml + ["health", "24:00", "fri-mon", "2147483648", "admin", "listen", "Asia/Nowhere"]
    await fuzz("config", runs: 400, corpus, words: words) {
      _ = try ConfigurationFile.read($0, "gradus.yaml")
    }
  }

  /// What is read is also written and read again as the same.
  @Test func queryFile() async {
    let corpus =
      Corpus.texts(under: ["schema"], endingWith: [".sql"]).filter { $0.contains("-- query:") } + [
        "-- query: a (x text not null, text in ('a', 'it''s'), since bigint)\nSELECT $1, $2, $3;\n\n-- query: b on sqlite\nSELECT 1;\n"
      ]
    let words = [
      "-- query: ", " on postgres", "not null", " in (", "$1", "$2", "''", "\r\n", "double precision", "(",
      ")",
    ]
    let short = corpus.map { String($0.prefix(2_000)) }
    await fuzz("queries", runs: 300, short, words: words) { text in
      let queries = try QueryFile.parse(text, file: "1.sql")
      let again = try QueryFile.parse(QueryFile.text(queries, version: 1), file: "1.sql")
      guard queries.map(\.name) == again.map(\.name), queries.map(\.parameters) == again.map(\.parameters),
        queries.map(\.sql) == again.map(\.sql), queries.map(\.engines) == again.map(\.engines)
      else { throw FuzzFailure("written and read again it is another: \(queries) and \(again)") }
    }
  }

  @Test func windowsLinesAreLines() async throws {
    let text = "-- of version 1\n-- query: a (x text)\nSELECT $1;\n\n-- query: b\nSELECT 2\nFROM t;\n"
    let windows = try QueryFile.parse(text.replacing("\n", with: "\r\n"), file: "1.sql")
    #expect(windows.map(\.name) == ["a", "b"])
    #expect(windows.map(\.line) == [2, 5])
    #expect(windows.last?.sql == "SELECT 2\nFROM t")
    let tree = try TemporarySchema([
      "delta/main/2/01_a.sql": "-- why\r\n-- gradus:no-transaction\r\nSELECT 1;\r\n"
    ])
    let file = SchemaFile(
      database: .main, version: 2, name: "01_a.sql", url: tree.root.appending(path: "delta/main/2/01_a.sql"))
    #expect(try DeltaScript(file, engine: .postgres).runsOutsideTransaction)
  }
}

struct FuzzFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
