import Gradus
import GradusSQL

extension UpdateRules {
  /// U07: indexes that are built other than by `kind: index`, and cannot begin anew.
  func indexBuilds() -> [Finding] { scripts() + outsideTransactions() }

  private func scripts() -> [Finding] {
    queued.compactMap { item in
      guard case .sql(let sql)? = item.declaration?.kind, sql.byEngine.values.contains(where: makesIndex)
      else {
        return nil
      }
      return finding(
        "U07", item, "'\(item.shownName)' builds an index in a script, which does it all in one transaction")
    }
  }

  private func outsideTransactions() -> [Finding] {
    deltas.filter(\.runsOutsideTransaction).flatMap { delta in
      delta.statements.compactMap { statement in
        let words = SQLWords(statement.text)
        guard makesIndex(words, at: 0), let rule = Rule.find("U07") else { return nil }
        let place = words.skip(["create"], ["unique"], ["index"], from: 0)
        let isConcurrent = words.has("concurrently", at: place)
        if !isConcurrent, words.has("if", "not", "exists", at: place) { return nil }
        let name = words.name(at: words.skip(["concurrently"], ["if", "not", "exists"], from: place)).name
        // What an interrupted run has left is dropped first.
        if delta.statements.prefix(while: { $0.position != statement.position }).contains(where: {
          drops(name, $0.text)
        }) {
          return nil
        }
        return Finding(
          rule,
          isConcurrent
            ? "an interrupted build leaves an invalid index, which has to be dropped first: DROP INDEX IF EXISTS"
            : "a delta outside a transaction that is run again fails, as the index is there",
          file: delta.file.path, position: statement.position, statement: statement.text)
      }
    }
  }

  private func drops(_ index: String, _ sql: String) -> Bool {
    let words = SQLWords(sql)
    guard words.has("drop", "index", at: 0) else { return false }
    let place = words.skip(["concurrently"], from: 2)
    return words.has("if", "exists", at: place) && words.name(at: place + 2).name == index
  }

  private func makesIndex(_ sql: String) -> Bool {
    let words = SQLWords(sql)
    return (0..<words.count).contains { makesIndex(words, at: $0) }
  }

  private func makesIndex(_ words: SQLWords, at index: Int) -> Bool {
    words.has("create", "index", at: index) || words.has("create", "unique", "index", at: index)
  }
}
