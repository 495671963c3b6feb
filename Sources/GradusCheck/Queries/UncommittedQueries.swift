package import Gradus
package import GradusSQL

/// Finds queries that run and are not committed. Pure.
package struct UncommittedQueries {
  let recorded: [QueryRecorder.Query]
  let committed: [ApplicationQuery]

  package init(_ recorded: [QueryRecorder.Query], committed: [ApplicationQuery]) {
    self.recorded = recorded
    self.committed = committed
  }

  /// The findings, one a query.
  ///
  /// - Parameter file: the file that they belong into.
  package func findings(file: String) -> [Finding] {
    guard let rule = Rule.find("Q03") else { return [] }
    let queries = recorded.filter(QueryFile.isOfApplication).map(QueryFile.query)
    let merged = QueryFile.merge(queries, into: committed)
    return merged.dropFirst(committed.count).map {
      Finding(rule, "a query is not committed", file: file, statement: $0.sql, engines: $0.engines)
    }
  }
}
