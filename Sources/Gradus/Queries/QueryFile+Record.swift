public import Foundation
public import GradusSQL

extension QueryFile {
  /// Adds recorded statements to a version's file, which is made where it is missing. What is there stays, with its names.
  ///
  /// Left out are Gradus's own statements, those on the engines' catalogs, and what is no query.
  ///
  /// - Parameters:
  ///   - queries: what was recorded.
  ///   - url: the file.
  ///   - version: the version whose queries they are.
  /// - Throws: `GradusError` where the file is malformed, no UTF-8, or cannot be written.
  public static func add(_ queries: [QueryRecorder.Query], to url: URL, version: Int) throws {
    let present = try read(url, file: url.relativePath)
    let known = present ?? []
    let merged = merge(queries.filter(isOfApplication).map(query), into: known)
    guard merged != known || present == nil else { return }
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      // A file that is written at once takes the place of a link, and not of what that leads to.
      try TextFile.write(
        Data(text(merged, version: version).utf8), to: url.resolvingSymlinksInPath())
    } catch {
      throw GradusError(
        .invalidFile, "cannot be written: \(SystemReason.of(error))", file: url.relativePath)
    }
  }

  /// Adds queries to others; equal SQL is one query, on the engines of both.
  package static func merge(_ queries: [ApplicationQuery], into known: [ApplicationQuery])
    -> [ApplicationQuery]
  {
    var merged = known
    var places: [BytewiseText: [Int]] = [:]
    // The engines on which there is a query of a name.
    var names: [String: Set<Engine>] = [:]
    for (place, query) in known.enumerated() {
      places[identity(of: query.sql), default: []].append(place)
      names[query.name, default: []].formUnion(query.engines)
    }
    // With which number the next of a name is tried: many are named alike.
    var numbers: [String: Int] = [:]
    for query in queries {
      let text = identity(of: query.sql)
      let same = places[text] ?? []
      var query = query
      for place in same { query.engines.subtract(merged[place].engines) }
      guard !query.engines.isEmpty else { continue }
      // On the other engine another text may have the name.
      let free = same.first { names[merged[$0].name]?.isDisjoint(with: query.engines) ?? true }
      if let free {
        merged[free].engines.formUnion(query.engines)
        names[merged[free].name, default: []].formUnion(query.engines)
        continue
      }
      let stem = query.name
      var number = numbers[stem] ?? 2
      while names[query.name] != nil {
        query.name = "\(stem)_\(number)"
        number += 1
      }
      numbers[stem] = number
      places[text, default: []].append(merged.count)
      names[query.name] = query.engines
      merged.append(query)
    }
    return merged
  }

  /// A query as it was recorded, named by what it does.
  package static func query(_ recorded: QueryRecorder.Query) -> ApplicationQuery {
    ApplicationQuery(
      name: name(of: recorded.sql), parameters: recorded.types.map { .init(type: $0 ?? "text") },
      engines: [recorded.engine], sql: withoutHeaders(recorded.sql))
  }

  /// A comment in a statement that looks like a header would begin another query where the file is read.
  private static func withoutHeaders(_ sql: String) -> String {
    let lines = sql.sourceLines
    let isHeader = lines.map { comment($0)?.hasPrefix("query:") == true }
    guard isHeader.contains(true) else { return sql }
    return zip(lines, isHeader).map { $1 ? "--\($0)" : String($0) }.joined(separator: "\n")
  }

  /// Whether a statement is one that a later schema may break.
  package static func isOfApplication(_ query: QueryRecorder.Query) -> Bool {
    let text = words(query.sql)
    guard let first = text.split(separator: " ").first,
      ["select", "insert", "update", "delete", "with", "replace", "merge"].contains(first)
    else { return false }
    let tables = tables(in: text)
    guard !tables.contains(where: { $0.hasPrefix("gradus_") && isOwn($0) }) else { return false }
    // Gradus's own statements name other things of theirs beside the application's tables.
    let isTheirs = tables.contains { $0.hasPrefix("gradus_") }
    guard isTheirs || !text.contains(ownName) else { return false }
    guard !tables.isEmpty else {
      // Of itself a statement without a table depends on no schema; one may call a function of it.
      return text.contains(tableWord) && !text.contains(catalogName)
    }
    return !tables.contains { $0.starts(with: catalogName) } && !tables.isSubset(of: ownTables)
  }

  /// The tables that a statement names, and not the functions that it reads from; of a qualified name what comes first.
  private static func tables(in text: String) -> Set<String> {
    let matches = text.matches(of: namedTable)
    // A bracket behind INTO is the list of columns.
    let named = matches.filter { $0.3 == nil || $0.1 == "into" }.map { String($0.2) }
    return Set(named).subtracting(["of", "set", "skip", "nowait", "lateral", "only"])
  }

  // Compiled once, as a literal in a function would be at each use. A Regex never changes.

  /// What names of the engines' catalogs begin with.
  nonisolated(unsafe) private static let catalogName = #/\b(?:pg_|sqlite_|pragma_|information_schema\b)/#
  nonisolated(unsafe) private static let ownName = #/\bgradus_/#
  /// What the name of a table follows.
  nonisolated(unsafe) private static let tableWord = #/\b(from|into|update)\b/#
  nonisolated(unsafe) private static let namedTable =
    #/\b(from|into|update|join)\s+(?:only\s+)?"?(\w+)"?(\s*\()?/#
  nonisolated(unsafe) private static let verb = #/\b(insert|update|delete|replace|merge|select)\b/#
  nonisolated(unsafe) private static let firstTable = #/\b(?:from|into|update)\s+"?(\w+)"?/#

  /// Whether a table beginning with `gradus_` is one that Gradus makes. All else is the application's.
  private static func isOwn(_ table: String) -> Bool {
    Bookkeeping.names.contains(table) || table == WriterVersion.table
      || ["gradus_port", "gradus_rebuild_"].contains { table.hasPrefix($0) }
  }

  /// What the bookkeeping shares with the homeserver, beside its `gradus_` tables.
  private static let ownTables: Set<String> = [
    "schema_version", "schema_compat_version", "applied_schema_deltas", "applied_module_schemas",
    "background_updates",
  ]

  private static func words(_ sql: String) -> String {
    sql.split(whereSeparator: { $0.isWhitespace || $0 == ";" }).joined(separator: " ").lowercased()
  }

  /// `select_rooms` for `SELECT ... FROM rooms`.
  private static func name(of sql: String) -> String {
    let text = words(sql)
    let verb = text.firstMatch(of: Self.verb).map { String($0.1) } ?? "query"
    // A header takes no other letters.
    let table = text.firstMatch(of: firstTable).map { String($0.1.map { $0.isASCII ? $0 : "_" }) }
    return [verb, table].compactMap { $0 }.joined(separator: "_")
  }
}
