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
  package init(_ file: SchemaFile, engine: Engine) throws {
    let text = try file.text()
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

  /// The directives of the comment lines before the first statement: `-- gradus:NAME`.
  private static func directives(in text: String, file: SchemaFile) throws -> Set<String> {
    var found: Set<String> = []
    var rest = text[...]
    var number = 0
    // Line by line, as the comments end where the first statement begins, and a script may be long.
    while !rest.isEmpty {
      number += 1
      rest = rest.drop { $0.isWhitespace && !$0.isSourceLineEnd }
      guard rest.first?.isSourceLineEnd != false || rest.hasPrefix("--") else { break }
      let line = rest.prefix { !$0.isSourceLineEnd }
      rest = rest[line.endIndex...].dropFirst()
      let comment = line.dropFirst(2).drop(while: \.isWhitespace)
      guard comment.hasPrefix("gradus:") else { continue }
      let name = String(comment.dropFirst("gradus:".count).prefix { !$0.isWhitespace })
      // The checks have a directive of their own, which needs a reason.
      if name == "ignore" { continue }
      guard knownDirectives.contains(name) else {
        throw GradusError(
          .invalidTree, "unknown directive '\(name)'", file: file.path,
          position: .init(line: number, column: 1),
          hint: NearestName.hint(for: name, among: knownDirectives))
      }
      found.insert(name)
    }
    return found
  }
}
