package import Foundation
import Gradus
import GradusSQL

/// A comment by which a delta's author says that a finding is meant: `-- gradus:ignore C01 nobody reads it since 84`.
///
/// It holds for the statement that follows. In an updates file (`# gradus:ignore ...`) it holds for the whole file, and in the
/// ledger for what is about no file, or about a delta that is gone.
package struct Suppression {
  let rule: String
  let reason: String
  let line: Int
  /// Parsed once: lines are many. A Regex never changes.
  nonisolated(unsafe) private static let comment = #/\s*(?<sign>--|#)\s*gradus:ignore\b\s*(?<rest>.*?)\s*/#

  /// The suppressions of a file.
  ///
  /// - Throws: `GradusError` where a rule is unknown or a reason is missing.
  static func all(in file: SchemaFile) throws -> [Suppression] {
    guard file.url != nil else { return [] }
    return try all(in: file.text(), file.path, quoted: quotedLines(of: file))
  }

  /// The rules that the ledger says are broken on purpose: in what they find about no file, or about one that is gone.
  ///
  /// - Parameters:
  ///   - path: the ledger's path.
  ///   - root: the schema's folder.
  /// - Throws: `GradusError` where it cannot be read, a rule is unknown or a reason is missing.
  package static func rules(inLedger path: String, below root: URL) throws -> Set<String> {
    let text = try TextFile.text(of: root.appending(path: path), as: path, .invalidFile)
    return Set(try all(in: text, path).map(\.rule))
  }

  /// - Parameter quoted: the lines that go on with a text in quotes.
  private static func all(in text: String, _ path: String, quoted: Set<Int> = []) throws -> [Suppression] {
    try text.sourceLines.enumerated()
      .compactMap { index, line in
        let match = line.wholeMatch(of: comment)
        guard let match, !quoted.contains(index + 1) else { return nil }
        let words = match.rest.split(separator: " ", maxSplits: 1)
        let position = SourcePosition(line: index + 1, column: 1)
        guard let id = words.first.map(String.init), Rule.find(id) != nil else {
          throw GradusError(
            .invalidTree, "no rule is named '\(words.first ?? "")'", file: path, position: position,
            hint: NearestName.of(String(words.first ?? ""), among: Rule.all.map(\.id)).map {
              "did you mean '\($0)'?"
            } ?? "\(match.sign) gradus:ignore C01 why it is right here")
        }
        guard words.count == 2 else {
          throw GradusError(
            .invalidTree, "a reason is missing", file: path, position: position,
            hint: "\(match.sign) gradus:ignore \(id) why it is right here")
        }
        return Suppression(rule: id, reason: String(words[1]), line: index + 1)
      }
  }

  /// The lines that go on with a text in quotes: what looks like a comment there is none.
  private static func quotedLines(of file: SchemaFile) throws -> Set<Int> {
    let newline = UInt8(ascii: "\n")
    var lines: Set<Int> = []
    // Statement by statement: a quote that only the other engine takes for one spoils no more than its own.
    for statement in try DeltaText(file).statements where statement.text.contains("gradus:ignore") {
      let bytes = Array(statement.text.utf8)
      for token in SQLiteToken.all(in: bytes) where token.kind == .quoted {
        let breaks = bytes[token.range].filter { $0 == newline }.count
        guard breaks > 0 else { continue }
        let before = bytes[..<token.range.lowerBound].filter { $0 == newline }.count
        let first = statement.position.line + before
        lines.formUnion((first + 1)...(first + breaks))
      }
    }
    return lines
  }

  /// Whether a finding is meant.
  ///
  /// - Parameter statements: where the file's statements begin.
  func covers(_ finding: Finding, statements: [SourcePosition]) -> Bool {
    guard finding.rule == rule else { return false }
    guard let position = finding.position,
      let next = statements.filter({ $0.line > line }).min(by: Self.isBefore)
    else {
      return finding.position == nil || statements.isEmpty
    }
    // An error lies within its statement.
    return statements.filter { !Self.isBefore(position, $0) }.max(by: Self.isBefore) == next
  }

  private static func isBefore(_ one: SourcePosition, _ other: SourcePosition) -> Bool {
    (one.line, one.column) < (other.line, other.column)
  }
}
