import Foundation

@testable import Gradus
@testable import GradusPostgres
@testable import GradusSQLite

/// What reads texts that others write.
enum Reader: String, CaseIterable {
  case ledger
  case updates
  case queries
  case postgresScript = "postgres-script"
  case sqliteScript = "sqlite-script"
  case checksum
  case queueInserts = "queue-inserts"
  case canonicalSQL = "canonical-sql"
  case createTable = "create-table"

  /// The one that `GRADUS_FUZZ_TARGET` names.
  static let chosen: Reader = {
    let name = ProcessInfo.processInfo.environment["GRADUS_FUZZ_TARGET"] ?? ""
    if let reader = Reader(rawValue: name) { return reader }
    let names = allCases.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(Data("GRADUS_FUZZ_TARGET is one of \(names)\n".utf8))
    exit(64)
  }()

  /// Reads a text.
  ///
  /// - Returns: what is wrong; nil where nothing is. A crash is wrong too.
  func failure(_ text: String) -> String? {
    switch self {
    case .ledger: return refusal { _ = try Ledger(text: text, file: "schema.yaml") }
    case .updates:
      return refusal { _ = try UpdatesFileReader(file: "01_x.updates.yaml", defaultOrdering: 1).read(text) }
    case .queries: return refusal { _ = try QueryFile.parse(text, file: "1.sql") }
    case .postgresScript:
      return [false, true].lazy.compactMap { escapes in
        misplaced(
          ScriptScanner.statements(of: text, plainStringsHaveEscapes: escapes).map(\.range), in: text)
      }.first
    case .sqliteScript: return sqliteScript(text)
    case .checksum:
      // A gap before and behind says nothing.
      guard !text.contains("\0") else { return nil }
      return Checksum.of(" \n" + text) == Checksum.of(text) ? nil : "a gap before it makes it another"
    case .queueInserts:
      _ = QueueInsertScanner(text).scan()
      return nil
    case .canonicalSQL:
      // What SQLite keeps of a schema never ends within quotes or a comment.
      guard SQLiteToken.all(in: Array(text.utf8)).count < SQLiteToken.all(in: Array("\(text) x".utf8)).count
      else {
        return nil
      }
      let once = CanonicalSQL.text(text)
      let twice = CanonicalSQL.text(once)
      let shared = zip(once, twice).prefix { $0 == $1 }.count
      func rest(_ form: String) -> String {
        String(form.dropFirst(max(0, shared - 20)).prefix(60)).debugDescription
      }
      return twice == once ? nil : "the canonical form has another: \(rest(once)) becomes \(rest(twice))"
    case .createTable: return createTable(text)
    }
  }

  /// A refusal names the file, and a place in it where it has one.
  private func refusal(_ read: () throws -> Void) -> String? {
    do {
      try read()
      return nil
    } catch let error as GradusError {
      if error.file == nil { return "the error names no file: \(error)" }
      if error.message.isEmpty { return "the error says nothing" }
      if let position = error.position, position.line < 1 || position.column < 1 {
        return "the error is nowhere: \(error)"
      }
      return nil
    } catch { return "unexpected error: \(error)" }
  }

  /// Statements follow each other and lie within the script.
  private func misplaced(_ ranges: [Range<Int>], in text: String) -> String? {
    var end = 0
    for range in ranges {
      guard range.lowerBound >= end, !range.isEmpty, range.upperBound <= text.utf8.count else {
        return "a statement at \(range) behind \(end) of \(text.utf8.count)"
      }
      end = range.upperBound
    }
    return nil
  }

  private func sqliteScript(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let start = SQLiteText.firstToken(bytes, from: offset)
      guard (offset...bytes.count).contains(start) else { return "a token at \(start) behind \(offset)" }
      let end = SQLiteText.endOfStatement(bytes, from: start)
      guard end > offset, end <= bytes.count else { return "a statement from \(offset) ends at \(end)" }
      offset = end
    }
    return nil
  }

  /// A table that was edited can be read and edited again.
  private func createTable(_ text: String) -> String? {
    guard let table = CreateTableText(text) else { return nil }
    for edited in [table.adding("CHECK (a > 0)"), table.settingNotNull("a"), table.renamed(to: "b")] {
      if let edited, CreateTableText(edited.sql) == nil { return "edited it is no table: \(edited.sql)" }
    }
    return nil
  }
}
