import GradusSQL

/// The queries of a version as a file: one statement each, below a line that names it and its parameters.
///
///     -- query: room_name (room_id text not null)
///     SELECT name FROM rooms WHERE room_id = $1;
///
///     -- query: set_visibility (room_id text not null, visibility text in ('public', 'private')) on postgres
///     UPDATE rooms SET visibility = $2 WHERE room_id = $1;
///
/// A name is that of one query, or of one an engine.
public enum QueryFile {
  /// Reads a file.
  ///
  /// - Parameters:
  ///   - text: its text.
  ///   - file: its path, for messages.
  /// - Throws: `GradusError` with the line of what cannot be read.
  package static func parse(_ text: String, file: String) throws -> [ApplicationQuery] {
    var queries: [ApplicationQuery] = []
    var lines: [Engine: [String: Int]] = [:]
    for (index, line) in text.sourceLines.enumerated() {
      let comment = comment(line)
      if comment?.hasPrefix("query:") == true {
        let query = try header(String(line), file: file, line: index + 1)
        for engine in Engine.allCases where query.engines.contains(engine) {
          guard let other = lines[engine, default: [:]].updateValue(query.line, forKey: query.name) else {
            continue
          }
          throw GradusError(
            .invalidFile, "the query '\(query.name)' is there twice for \(engine)", file: file,
            position: SourcePosition(line: index + 1, column: 1),
            hint:
              "the other is in line \(other); where the text differs between the engines, end each header with 'on sqlite' or 'on postgres'"
          )
        }
        queries.append(query)
      } else if !queries.isEmpty {
        queries[queries.count - 1].sql += line + "\n"
      } else if comment == nil, !line.allSatisfy(\.isWhitespace) {
        throw GradusError(
          .invalidFile, "a statement without a name", file: file,
          position: SourcePosition(line: index + 1, column: 1),
          hint: "write a line above it: -- query: room_name (room_id text)")
      }
    }
    return try queries.map { query in
      var query = query
      query.sql = trimmed(query.sql)
      try check(query)
      return query
    }
  }

  /// What a comment of a whole line says; nil where the line is none. By hand: a regular expression is compiled anew for
  /// each line.
  static func comment(_ line: Substring) -> Substring? {
    let text = line.drop(while: \.isWhitespace)
    return text.hasPrefix("--") ? text.dropFirst(2).drop(while: \.isWhitespace) : nil
  }

  /// Compiled once, as a literal in a function would be at each use: a file may hold thousands of queries. A Regex never
  /// changes.
  nonisolated(unsafe) private static let headerForm =
    #/\s*--\s*query:\s*(?<name>[A-Za-z0-9_]+)\s*(\((?<parameters>.*)\))?\s*(?:on\s+(?<engine>\w+))?\s*/#
  nonisolated(unsafe) private static let parameterForm =
    #/(?i)(?<words>[^'()]+?(?:\([0-9, ]+\))?[^'()]*?)(?<required>\s+not\s+null)?(?:\s+in\s*\((?<values>.*)\))?/#
  nonisolated(unsafe) private static let valueForm = #/('(?:[^']|'')*')|([^\s,']+)/#.matchingSemantics(
    .unicodeScalar)

  private static func header(_ line: String, file: String, line number: Int) throws -> ApplicationQuery {
    guard let match = line.wholeMatch(of: headerForm) else {
      throw malformed("the header cannot be read", file, number)
    }
    let engines: Set<Engine>
    switch match.engine {
    case nil: engines = Set(Engine.allCases)
    case "postgres": engines = [.postgres]
    case "sqlite": engines = [.sqlite]
    case let other?: throw malformed("there is no engine '\(other)'", file, number)
    }
    let parameters = try split(match.parameters.map(String.init) ?? "").map { text in
      guard let parameter = parameter(text) else {
        throw malformed("the parameter '\(text)' cannot be read", file, number)
      }
      return parameter
    }
    return ApplicationQuery(
      name: String(match.name), parameters: parameters, engines: engines, sql: "", file: file, line: number)
  }

  private static func malformed(_ message: String, _ file: String, _ line: Int) -> GradusError {
    GradusError(
      .invalidFile, message, file: file, position: SourcePosition(line: line, column: 1),
      hint:
        "-- query: NAME (room_id text not null, kind text in ('a', 'b'), since bigint) [on sqlite|postgres]")
  }

  /// The types of several words.
  private static let longTypes = [
    "double precision", "character varying", "bit varying", "time with", "timestamp with", "time without",
    "timestamp without",
  ]

  /// `[NAME] TYPE [not null] [in ('a', 'b')]`
  private static func parameter(_ text: String) -> ApplicationQuery.Parameter? {
    guard let match = text.wholeMatch(of: parameterForm) else { return nil }
    let words = match.words.split(separator: " ").map(String.init)
    var type = words.joined(separator: " ")
    var name: String?
    // One word is a type; of several the first is a name unless all of them are a type.
    if words.count > 1, !longTypes.contains(where: { type.lowercased().hasPrefix($0) }) {
      name = words[0]
      type = words.dropFirst().joined(separator: " ")
    }
    let values = match.values.map { text in
      text.matches(of: valueForm).map {
        $0.1.map { SQLText.unquoted($0) } ?? String($0.2 ?? "")
      }
    }
    return .init(name: name, type: type, isNullable: match.required == nil, values: values)
  }

  /// The parts between commas that are in no brackets or quotes.
  private static func split(_ text: String) -> [String] {
    var parts = [String.UnicodeScalarView()]
    var depth = 0
    var isQuoted = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": isQuoted.toggle()
      case "(" where !isQuoted: depth += 1
      case ")" where !isQuoted: depth -= 1
      default: break
      }
      if scalar == ",", depth == 0, !isQuoted {
        parts.append(String.UnicodeScalarView())
      } else {
        parts[parts.count - 1].append(scalar)
      }
    }
    return parts.map { trimmed(String($0)) }.filter { !$0.isEmpty }
  }

  private static func check(_ query: ApplicationQuery) throws {
    guard !query.sql.isEmpty else {
      throw malformed("the query '\(query.name)' has no statement", query.file, query.line)
    }
    let bytes = Array(query.sql.utf8)
    let numbers = SQLParameter.numbered(in: bytes).compactMap {
      Int(String(decoding: bytes[$0].dropFirst(), as: UTF8.self))
    }
    let count = numbers.max() ?? 0
    guard count == query.parameters.count else {
      throw malformed(
        "the query '\(query.name)' has \(count) parameters, and \(query.parameters.count) are declared",
        query.file, query.line)
    }
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    return String(text.drop(while: \.isWhitespace))
  }
}
