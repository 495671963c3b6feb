package import Gradus
import GradusSQL

/// Finds queries that break by columns that they do not name. Pure.
package struct QueryRules {
  let queries: [ApplicationQuery]

  package init(_ queries: [ApplicationQuery]) { self.queries = queries }

  /// The findings.
  package func findings() -> [Finding] {
    queries.flatMap { query in
      let text = CanonicalSQL.text(query.sql)
      var found: [Finding] = []
      // EXISTS reads no column at all.
      let read = text.replacing(Self.existence, with: "exists(select 1")
      if readsAllColumns(read), let rule = Rule.find("Q01") {
        found.append(finding(rule, "the query '\(query.name)' reads all columns", query))
      }
      if text.contains(Self.unlisted), let rule = Rule.find("Q02") {
        found.append(finding(rule, "the query '\(query.name)' inserts without a list of columns", query))
      }
      return found
    }
  }

  /// Not `COUNT(*)`, and not a multiplication.
  private func readsAllColumns(_ text: String) -> Bool { text.contains(Self.allColumns) }

  // Parsed once: queries are many. A Regex never changes.
  nonisolated(unsafe) private static let existence = #/\bexists\s*\(\s*select\s*\*/#
  nonisolated(unsafe) private static let allColumns =
    #/\b(?:select|returning|distinct|all)\s*\*|,\s*\*|\w"?\.\s*\*/#
  /// DEFAULT VALUES give no column a value, so that new columns do not break it.
  nonisolated(unsafe) private static let unlisted =
    #/\binto (?:"[^"]+"|[\w.]+)(?: as \w+)? ?(?:values|select|with)\b/#

  private func finding(_ rule: Rule, _ message: String, _ query: ApplicationQuery) -> Finding {
    Finding(
      rule, message, file: query.file, position: SourcePosition(line: query.line, column: 1),
      statement: query.sql, engines: query.engines)
  }
}
