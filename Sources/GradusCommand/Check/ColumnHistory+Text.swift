import GradusCheck

extension ColumnHistory {
  /// For people.
  var text: String {
    var lines = uses.map { use in
      "version \(use.version) \(use.verb) it: \(use.query.file):\(use.query.line): \(use.query.name)"
    }
    lines += dependents.map { "the newest schema: \($0)" }
    lines += unknown.map { "version \($0) has committed no queries: whether it uses the column is not known" }
    if case .unknown(let versions) = verdict {
      lines += unasked.filter(versions.contains).map {
        "version \($0) has queries for an engine that was not asked: whether they use the column is not known"
      }
    }
    lines.append("\(table).\(column) \(verdict.text(unasked: unasked))")
    return lines.joined(separator: "\n")
  }
}

extension ColumnHistory.Use {
  /// `reads`, `writes`, `reads and writes`.
  var verb: String { kinds.map { $0.rawValue + "s" }.sorted().joined(separator: " and ") }
}

extension ColumnHistory.Verdict {
  /// - Parameter unasked: the versions with queries for an engine that was not asked.
  func text(unasked: [Int]) -> String {
    switch self {
    case .inUse(let version):
      "is in use by version \(version), the newest: stop using it in version \(version + 1), and drop it in the first version whose compat version is \(version + 1)"
    case .from(let version):
      "may be dropped in version \(version): its compat version shuts out all that use it"
    case .whenCompat(let version):
      "may be dropped in the first version whose compat version is \(version) or higher"
    case .unused: "is used by no committed query: it may be dropped"
    case .unknown(let versions):
      "cannot be told to be free to go: \(Self.step(versions.filter { !unasked.contains($0) })), and ask again"
    }
  }

  /// What makes it known.
  ///
  /// - Parameter versions: those that have committed no queries.
  private static func step(_ versions: [Int]) -> String {
    versions.isEmpty
      ? "give --scratch postgres://... and no --engine"
      : "commit the queries of version \(versions.map(String.init).joined(separator: ", "))"
  }
}

/// The JSON that `why` writes.
struct ColumnHistoryDocument: Encodable {
  struct Use: Encodable {
    var version: Int
    var query: String
    var file: String
    var line: Int
    var kinds: [String]
  }

  var format = 1
  var table: String
  var column: String
  var uses: [Use]
  var dependents: [String]
  var versionsWithoutQueries: [Int]
  /// Those with queries for an engine that was not asked.
  var versionsNotAsked: [Int]
  var verdict: String
  /// The version that may drop the column, or the compat version which that one has to have.
  var dropIn: Int?
  var dropWhenCompat: Int?

  init(_ history: ColumnHistory) {
    table = history.table
    column = history.column
    uses = history.uses.map {
      Use(
        version: $0.version, query: $0.query.name, file: $0.query.file, line: $0.query.line,
        kinds: $0.kinds.map(\.rawValue).sorted())
    }
    dependents = history.dependents
    versionsWithoutQueries = history.unknown
    versionsNotAsked = history.unasked
    switch history.verdict {
    case .inUse(let version):
      verdict = "in_use"
      dropWhenCompat = version + 1
    case .from(let version):
      verdict = "droppable"
      dropIn = version
    case .whenCompat(let version):
      verdict = "droppable_later"
      dropWhenCompat = version
    case .unused: verdict = "unused"
    case .unknown: verdict = "unknown"
    }
  }

  enum CodingKeys: String, CodingKey {
    case format, table, column, uses, dependents, verdict
    case versionsWithoutQueries = "versions_without_queries"
    case versionsNotAsked = "versions_not_asked"
    case dropIn = "drop_in"
    case dropWhenCompat = "drop_when_compat"
  }
}
