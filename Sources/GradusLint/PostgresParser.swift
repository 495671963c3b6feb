import Foundation
import GradusSQL

#if PostgreSQL
  internal import CGradusPgQuery
#endif

/// Parses PostgreSQL's SQL with PostgreSQL's own parser (libpg_query).
enum PostgresParser {
  /// A statement and its parse tree.
  struct Statement {
    /// The kind of the tree's root node, such as `IndexStmt`; of EXPLAIN ANALYZE that of what it carries out.
    var kind: String
    /// That node's fields.
    var fields: [String: Any]
    var text: String
    var position: SourcePosition
  }

  /// The statements of a script.
  ///
  /// - Throws: `SQLError` with the place of a syntax error, or where PostgreSQL is not built in.
  static func parse(_ script: String) throws -> [Statement] {
    let tree = try object(of: try json(of: script))
    let statements = (tree as? [String: Any])?["stmts"] as? [[String: Any]] ?? []
    let bytes = Array(script.utf8)
    // Counted on from statement to statement: from the beginning each time would be the square of their number.
    var (position, counted) = (SourcePosition(line: 1, column: 1), 0)
    return statements.compactMap { statement in
      guard let node = statement["stmt"] as? [String: Any], let (kind, fields) = carriedOut(node).first else {
        return nil
      }
      let start = statement["stmt_location"] as? Int ?? 0
      let length = statement["stmt_len"] as? Int ?? bytes.count - start
      // libpg_query counts the comments before a statement to it.
      let source = bytes[start..<min(bytes.count, start + length)]
      let first = firstToken(source)
      position.advance(over: String(decoding: bytes[counted..<first], as: UTF8.self).unicodeScalars)
      counted = first
      return Statement(
        kind: kind, fields: fields as? [String: Any] ?? [:],
        text: String(decoding: bytes[first..<source.endIndex], as: UTF8.self), position: position)
    }
  }

  /// With ANALYZE an EXPLAIN does what it explains.
  private static func carriedOut(_ node: ParseTree.Node) -> ParseTree.Node {
    guard let explained = ParseTree.child(node, "ExplainStmt"),
      PostgresLocks.isOn("analyze", in: explained["options"])
    else { return node }
    return explained["query"] as? ParseTree.Node ?? node
  }

  /// The tree of a script. Foundation reads some hundred levels of it, of which each sign in a chain of them takes two.
  private static func object(of json: Data) throws -> Any {
    do {
      return try JSONSerialization.jsonObject(with: json)
    } catch {
      throw SQLError(
        .other, "an expression has too many levels to be looked at",
        hint: "give it fewer, such as by concat() in place of a long chain of ||")
    }
  }

  /// libpg_query's tree of a script.
  private static func json(of script: String) throws -> Data {
    #if PostgreSQL
      let result = pg_query_parse(script)
      defer { pg_query_free_parse_result(result) }
      if let error = result.error?.pointee {
        throw SQLError(
          .syntax, String(cString: error.message), statement: nil,
          position: SourcePosition(scalarOffset: max(0, Int(error.cursorpos) - 1), in: script))
      }
      return Data(String(cString: result.parse_tree).utf8)
    #else
      throw SQLError.builtWithoutPostgres
    #endif
  }

  /// Where the white space and the comments end that a statement begins with. PostgreSQL's comments nest.
  private static func firstToken(_ statement: ArraySlice<UInt8>) -> Int {
    var index = statement.startIndex
    while index < statement.endIndex {
      let rest = statement[index...]
      if rest.starts(with: "--".utf8) {
        index = rest.firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? statement.endIndex
      } else if rest.starts(with: "/*".utf8) {
        index = SQLGap.endOfNestedComment(rest) ?? statement.endIndex
      } else if rest[index] == UInt8(ascii: " ") || (0x09...0x0D).contains(rest[index]) {
        index += 1
      } else {
        break
      }
    }
    return index
  }
}
