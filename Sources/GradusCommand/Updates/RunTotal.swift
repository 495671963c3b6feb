import GradusUpdates

/// What `updates run` came to on all databases.
struct RunTotal {
  /// In the order of the configuration; a database that could not be used has none.
  private let summaries: [(database: String, summary: UpdateRunner.Summary)]
  private let isOne: Bool

  /// - Parameters:
  ///   - summaries: what the databases came to, by name.
  ///   - databases: the names of all.
  init(_ summaries: [String: UpdateRunner.Summary], of databases: [String]) {
    self.summaries = databases.compactMap { name in summaries[name].map { (name, $0) } }
    isOne = databases.count == 1
  }

  /// All in one, as if they were one database.
  var merged: UpdateRunner.Summary {
    summaries.reduce(into: UpdateRunner.Summary()) { $0.merge($1.summary) }
  }

  /// A line for each update that remains.
  var remains: [String] {
    summaries.flatMap { database, summary in
      let place = isOne ? "" : "\(Text.printable(database)): "
      return summary.waiting.sorted { $0.key < $1.key }.map { name, reason in
        "\(place)\(Text.printable(name)): \(reason)"
      }
    }
  }

  /// Where a database could not be used, what is known of the others: nothing is said of all together.
  var parts: [String] {
    summaries.map { "\(Text.printable($0.database)): completed: \($0.summary.completed.count)" }
      + remains.map { "remains: \($0)" }
  }

  var document: RunDocument {
    let merged = merged
    var document = RunDocument(completed: merged.completed, waiting: merged.waiting)
    if !isOne {
      document.databases = summaries.map { database, summary in
        RunDocument.OfDatabase(
          database: database, completed: summary.completed, waiting: summary.waiting)
      }
    }
    return document
  }
}
