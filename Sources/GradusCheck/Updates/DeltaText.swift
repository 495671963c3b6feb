package import Gradus
import GradusLint
package import GradusSQL

/// A delta's text, read and taken apart.
package struct DeltaText: Sendable {
  /// The delta.
  package var file: SchemaFile
  /// What it says.
  package var text: String
  /// Its statements, where it is SQL.
  package var statements: [Statement]
  /// What it queues, where it is SQL.
  package var inserts: [QueueInsert]
  /// Whether it asks to be run outside a transaction.
  package var runsOutsideTransaction = false

  /// A statement and where it starts.
  package struct Statement: Sendable {
    package var text: String
    package var position: SourcePosition
  }

  /// - Parameter file: the delta.
  /// - Throws: `GradusError` where it cannot be read.
  package init(_ file: SchemaFile) throws {
    self.file = file
    text = try file.text()
    guard case .sql(let engine) = file.kind else {
      (statements, inserts) = ([], [])
      return
    }
    inserts = QueueInsert.all(in: text)
    runsOutsideTransaction = try DeltaScript(file, engine: engine ?? .sqlite).runsOutsideTransaction
    // What PostgreSQL's parser refuses is found when the delta is tried.
    let effects =
      (engine == .postgres ? try? StatementAnalyzer.effects(of: text, on: .postgres) : nil)
      ?? (try? StatementAnalyzer.effects(of: text, on: .sqlite)) ?? []
    statements = effects.map { Statement(text: $0.statement, position: $0.position) }
  }

  /// The deltas of a tree in the order of versions and names.
  ///
  /// - Throws: `GradusError` where one cannot be read.
  package static func all(of tree: SchemaTree) throws -> [DeltaText] {
    try tree.deltas.sorted { $0.key < $1.key }.flatMap(\.value).filter { $0.url != nil && $0.kind != .code }
      .map(DeltaText.init)
  }

  /// What the oldest full schema of a tree says of PostgreSQL's tables that are not logged: the files that name such.
  ///
  /// - Throws: `GradusError` where one cannot be read.
  package static func unlogged(of tree: SchemaTree) throws -> [DeltaText] {
    let oldest = tree.fullSchemas.min { $0.key < $1.key }?.value ?? []
    return try oldest.filter { $0.url != nil && $0.applies(to: .postgres) }.filter { file in
      UnloggedTables.areNamed(in: try file.text())
    }.map(DeltaText.init)
  }

  /// The engines that it is for.
  var engines: Set<Engine> { Set(Engine.allCases.filter(file.applies)) }

  /// Parsed once: lines are many. A Regex never changes.
  nonisolated(unsafe) private static let declaredName =
    #/\bname:\s*["']?(?<name>[^"',}#]*?)["']?\s*(?:[,}#].*)?$/#

  /// Where an updates file declares an update: the line that names it.
  func position(ofUpdate name: String) -> SourcePosition? {
    for (index, line) in text.sourceLines.enumerated() {
      guard let match = line.firstMatch(of: Self.declaredName), match.name == name else { continue }
      let column = line.distance(from: line.startIndex, to: match.range.lowerBound) + 1
      return SourcePosition(line: index + 1, column: column)
    }
    return nil
  }
}
