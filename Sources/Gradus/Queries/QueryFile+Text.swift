import GradusSQL

extension QueryFile {
  /// Writes queries as a file.
  ///
  /// - Parameters:
  ///   - queries: the queries, in order.
  ///   - version: the version that runs them.
  package static func text(_ queries: [ApplicationQuery], version: Int) -> String {
    "-- The queries of version \(version): what later schemas are checked against.\n"
      + queries.map { "\n" + header($0) + "\n" + $0.sql + ";\n" }.joined()
  }

  private static func header(_ query: ApplicationQuery) -> String {
    var header = "-- query: \(query.name)"
    if !query.parameters.isEmpty {
      header += " (" + query.parameters.map(parameter).joined(separator: ", ") + ")"
    }
    if query.engines.count == 1, let engine = query.engines.first { header += " on \(engine.rawValue)" }
    return header
  }

  private static func parameter(_ parameter: ApplicationQuery.Parameter) -> String {
    var text = parameter.name.map { "\($0) " } ?? ""
    text += parameter.type
    if !parameter.isNullable { text += " not null" }
    if let values = parameter.values {
      text += " in (" + values.map(SQLText.literal).joined(separator: ", ") + ")"
    }
    return text
  }
}
