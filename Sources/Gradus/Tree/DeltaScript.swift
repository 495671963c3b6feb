package import GradusSQL

/// The SQL of a delta or full schema, ready for an engine, and what its comments direct.
package struct DeltaScript {
  /// The SQL to run; line numbers are those of the file.
  package let sql: String
  /// Whether it must run outside a transaction (`-- gradus:no-transaction`).
  package let runsOutsideTransaction: Bool
  /// Whether it may change a setting, which would then hold for what comes after it, too.
  package let mayChangeSettings: Bool

  /// - Parameters:
  ///   - file: the file.
  ///   - engine: the engine that will run it.
  ///   - text: the file's text, where it has been read.
  package init(_ file: SchemaFile, engine: Engine, text: String? = nil) throws {
    let text = try text ?? file.text()
    // Most have no placeholder, and a look for its first byte is far quicker than one for the text.
    sql =
      text.utf8.contains(UInt8(ascii: "$"))
      ? text.replacing(Self.autoIncrementPlaceholder, with: Self.autoIncrement(engine)) : text
    runsOutsideTransaction = try Self.directives(in: text, file: file).contains("no-transaction")
    mayChangeSettings = SettingWords.mayChangeSettings(sql)
  }

  /// The one placeholder of the file format, so that a table with a generated key needs no file an engine.
  static let autoIncrementPlaceholder = "$%AUTO_INCREMENT_PRIMARY_KEY%$"

  private static func autoIncrement(_ engine: Engine) -> String {
    switch engine {
    case .sqlite: "INTEGER PRIMARY KEY AUTOINCREMENT"
    case .postgres: "BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY"
    }
  }

  private static let knownDirectives = ["no-transaction"]

  /// The directives of the comments before the first statement: `-- gradus:NAME`.
  ///
  /// - Throws: `GradusError` for one that is unknown, or that would do nothing where it stands.
  private static func directives(in text: String, file: SchemaFile) throws -> Set<String> {
    // Most scripts have none.
    guard text.utf8.contains(UInt8(ascii: ":")), text.lowercased().contains("gradus:") else { return [] }
    let bytes = Array(text.utf8)
    var found: Set<String> = []
    var isBeforeStatements = true
    for piece in SQLPieces(bytes) {
      guard piece.isGap else {
        isBeforeStatements = false
        continue
      }
      let comment = String(decoding: bytes[piece.range], as: UTF8.self)
      if let directive = directive(comment) {
        if var fault = fault(directive, comment, isBeforeStatements) {
          fault.file = file.path
          fault.position = SourcePosition(utf8Offset: piece.range.lowerBound, in: text)
          throw fault
        }
        found.insert(directive)
      }
    }
    return found
  }

  /// What a comment directs, with its prefix where that is not as it is to be written; nil where it is another comment.
  private static func directive(_ comment: String) -> String? {
    let words = comment.dropFirst(2).drop(while: \.isWhitespace)
    let prefix = words.prefix("gradus:".count)
    guard prefix.lowercased() == "gradus:" else { return nil }
    let name = words.dropFirst(prefix.count).prefix { !$0.isWhitespace }
    let isSpeltRight = prefix == "gradus:"
    // A sentence may begin so.
    guard !name.isEmpty || isSpeltRight && comment.hasPrefix("--") else { return nil }
    // The checks have a directive of their own, which needs a reason.
    if isSpeltRight { return name == "ignore" ? nil : String(name) }
    return "\(prefix)\(name)"
  }

  /// Why a directive would do nothing where it stands; nil where it does what it says.
  private static func fault(_ directive: String, _ comment: String, _ isBeforeStatements: Bool)
    -> GradusError?
  {
    guard knownDirectives.contains(directive) else {
      return GradusError(
        .invalidTree, "unknown directive '\(directive)'",
        hint: NearestName.hint(for: directive, among: knownDirectives))
    }
    guard comment.hasPrefix("--") else {
      return GradusError(
        .invalidTree, "the directive '\(directive)' is in a comment of another sort",
        hint: "write -- gradus:\(directive)")
    }
    guard isBeforeStatements else {
      return GradusError(
        .invalidTree, "the directive '\(directive)' comes after the first statement",
        hint: "write it before: it is about the whole file")
    }
    return nil
  }
}
