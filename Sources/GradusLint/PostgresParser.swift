import Foundation
import GradusSQL

#if PostgreSQL
  internal import CPgQuery
#endif

/// Parses PostgreSQL's SQL with PostgreSQL's own parser (libpg_query).
enum PostgresParser {
  /// A statement and its parse tree.
  struct Statement {
    /// The kind of the tree's root node, such as `IndexStmt`.
    var kind: String
    /// The root node's fields.
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
      guard let node = statement["stmt"] as? [String: Any], let (kind, fields) = node.first else {
        return nil
      }
      let start = statement["stmt_location"] as? Int ?? 0
      let length = statement["stmt_len"] as? Int ?? bytes.count - start
      let source = String(decoding: bytes[start..<min(bytes.count, start + length)], as: UTF8.self)
      // libpg_query counts the comments before a statement to it.
      let first = source.prefixMatch(of: Self.leadingSpace)?.range.upperBound ?? source.startIndex
      let skipped = source[..<first].utf8.count
      position.advance(over: String(decoding: bytes[counted..<start + skipped], as: UTF8.self).unicodeScalars)
      counted = start + skipped
      return Statement(
        kind: kind, fields: fields as? [String: Any] ?? [:], text: String(source[first...]),
        position: position)
    }
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

  /// Parsed once: statements are many. A Regex never changes. By scalars, as a line's end of two of them is one too.
  nonisolated(unsafe) private static let leadingSpace = #/(?:\s|--[^\n]*|\/\*(?s:.*?)\*\/)*/#
    .matchingSemantics(.unicodeScalar)
}
