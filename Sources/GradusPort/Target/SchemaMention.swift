import GradusSQL

/// Where a script says itself which schema things are in: what it makes then goes there, wherever its other names go.
///
/// By its tokens, without the bodies of functions, which only running them makes into statements.
struct SchemaMention: Hashable {
  let position: SourcePosition
  /// What the script does.
  let text: String

  /// What a name with its schema follows that something is made in, or that rows are written to or read from. Not the
  /// word ON, which an alias follows, too.
  private static let keywords: Set<String> = [
    "aggregate", "domain", "exists", "from", "function", "index", "into", "join", "only", "procedure",
    "references", "sequence", "table", "truncate", "type", "update", "view",
  ]

  /// The first in a script; nil where there is none.
  ///
  /// - Parameter schema: the schema that the script is to be run in.
  static func first(of schema: String, in script: String) -> SchemaMention? {
    let tokens = ScriptToken.all(in: Array(script.utf8))
    func name(_ index: Int) -> String { tokens.indices.contains(index) ? tokens[index].text : "" }
    func mention(_ index: Int, _ text: String) -> SchemaMention {
      SchemaMention(position: SourcePosition(utf8Offset: tokens[index].start, in: script), text: text)
    }
    for index in tokens.indices {
      if name(index) == "create", name(index + 1) == "schema", name(index + 2) != "if" {
        return mention(index, "makes a schema")
      }
      guard name(index) == schema else { continue }
      let isQualifier = name(index + 1) == "." && keywords.contains(name(index - 1))
      let isPlace = name(index - 1) == "schema" && name(index - 2) == "with"
      if isQualifier || isPlace { return mention(index, "names the schema \(schema)") }
    }
    return nil
  }

  /// Whether a schema, or the setting that chooses one, is named anywhere in a script, in texts and comments too.
  static func mayMean(_ schema: String, in script: String) -> Bool {
    let words = script.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }
    return words.contains { $0 == schema.lowercased() || $0 == "search_path" }
  }
}
