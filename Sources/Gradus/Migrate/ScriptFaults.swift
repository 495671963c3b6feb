import GradusSQL

/// What SQLite takes without a word, and not as it is meant.
struct ScriptFaults {
  private let file: SchemaFile
  private let script: DeltaScript
  private let bytes: [UInt8]

  /// - Parameters:
  ///   - script: what is to run on SQLite.
  ///   - file: its file.
  init(_ script: DeltaScript, of file: SchemaFile) {
    self.file = file
    self.script = script
    bytes = Array(script.sql.utf8)
  }

  /// Refuses a parameter, and a comment that nothing closes.
  ///
  /// - Throws: `GradusError`.
  func check() throws {
    if let parameter = SQLParameter.first(in: bytes, on: .sqlite) {
      let text = String(decoding: bytes[parameter], as: UTF8.self)
      throw error(
        "'\(text)' is a parameter to SQLite, and nobody gives it a value", at: parameter.lowerBound,
        hint: UnboundParameter.advice(text))
    }
    if let comment = openComment() {
      throw error("nothing closes this comment", at: comment, hint: "end it with */")
    }
  }

  /// Refuses a delta that would switch foreign keys off in a transaction, where SQLite ignores that: with a table that is
  /// then built anew would go the rows that refer to it.
  ///
  /// - Throws: `GradusError`.
  func checkForeignKeys() throws {
    guard script.mayChangeSettings, !script.runsOutsideTransaction else { return }
    let tokens = SQLiteToken.all(in: bytes)
    func text(_ index: Int) -> String {
      tokens.indices.contains(index) ? SQLiteName(tokens[index], in: bytes).text : ""
    }
    for index in tokens.indices where tokens[index].kind == .word && text(index) == "pragma" {
      let name = text(index + 2) == "." ? index + 3 : index + 1
      guard text(name) == "foreign_keys", ["=", "("].contains(text(name + 1)),
        !ForeignKeysSetting.isOn(text(name + 2))
      else { continue }
      throw error(
        "PRAGMA foreign_keys does nothing in a transaction: DROP TABLE would delete the rows that refer to the table",
        at: tokens[index].range.lowerBound,
        hint: "begin the file with -- gradus:no-transaction, or declare the change (kind: constraint)")
    }
  }

  /// Where a comment begins that goes on to the end of the script: it can only be in what follows the last token.
  private func openComment() -> Int? {
    guard script.sql.contains("/*") else { return nil }
    var index = SQLiteToken.all(in: bytes).last?.range.upperBound ?? 0
    while let end = SQLGap.end(bytes[index...]) {
      let gap = bytes[index..<end]
      let isClosed = gap.count >= 4 && gap.suffix(2).elementsEqual("*/".utf8)
      if gap.starts(with: "/*".utf8), !isClosed { return index }
      index = end
    }
    return nil
  }

  private func error(_ message: String, at offset: Int, hint: String) -> GradusError {
    GradusError(
      .deltaFailed, message, file: file.path,
      position: SourcePosition(utf8Offset: offset, in: script.sql), statement: statement(at: offset),
      hint: hint + "; nothing was changed")
  }

  /// The statement that a place is in; nil where none follows.
  private func statement(at offset: Int) -> String? {
    let ends = SQLiteToken.all(in: bytes).filter { $0.kind == .symbol(UInt8(ascii: ";")) }.map(\.range)
    var start = ends.last { $0.upperBound <= offset }?.upperBound ?? 0
    let end = ends.first { $0.lowerBound >= offset }?.upperBound ?? bytes.count
    while let next = SQLGap.end(bytes[start..<end]) { start = next }
    return start < end ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
  }
}
