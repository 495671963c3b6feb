import Foundation
import Gradus
import GradusCatalog
import GradusLint
import GradusSQL

/// Finds which columns a query reads and writes, as the engine itself sees it.
enum ColumnUses {
  typealias Use = StatementDescription.ColumnUse

  /// The uses of a query on a schema on which it can be prepared.
  ///
  /// - Throws: `SQLError` where it cannot.
  static func of(_ sql: String, on connection: Connection, _ catalog: Catalog) throws -> Set<Use> {
    switch connection.engine {
    case .sqlite: try sqlite(sql, connection, catalog)
    case .postgres: try postgres(sql, connection, catalog)
    }
  }

  /// Parsed once: queries are many. A Regex never changes.
  nonisolated(unsafe) private static let insertion =
    #/\binto (?:main\.)?("[^"]+"|\w+)(?: as \w+)? ?(?:\(([^)]*)\))?/#.matchingSemantics(.unicodeScalar)

  /// SQLite's authorizer names all but the columns that an INSERT gives values to.
  private static func sqlite(_ sql: String, _ connection: Connection, _ catalog: Catalog) throws -> Set<Use> {
    var uses = try connection.describe(sql).uses ?? []
    let text = CanonicalSQL.text(sql)
    for match in text.matches(of: insertion)
    where !text[match.range.upperBound...].hasPrefix("default values") {
      let table = unquoted(String(match.1))
      guard let definition = catalog.tables[table] else { continue }
      let listed = match.2.map {
        $0.split(separator: ",").map { unquoted($0.trimmingCharacters(in: .whitespaces)) }
      }
      for column in listed ?? definition.columns.map(\.name) {
        uses.insert(Use(table: table, column: column, kind: .write))
      }
    }
    return uses
  }

  /// PostgreSQL notes what a function with a parsed body depends on; the parse tree tells what of that is written.
  private static func postgres(_ sql: String, _ connection: Connection, _ catalog: Catalog) throws -> Set<Use>
  {
    let (body, types) = withArguments(sql, try connection.describe(sql).parameterTypes ?? [])
    var uses = try Savepoint.runUndone(on: connection) {
      try connection.execute(
        """
        CREATE FUNCTION pg_temp.gradus_use(\(types.joined(separator: ", "))) RETURNS void LANGUAGE sql BEGIN ATOMIC \(body)
        ; END
        """)
      return Set(
        try connection.query(
          """
          SELECT c.relname::text, a.attname::text FROM pg_depend d
          JOIN pg_proc p ON p.oid = d.objid AND p.proname = 'gradus_use' AND p.pronamespace = pg_my_temp_schema()
          JOIN pg_class c ON c.oid = d.refobjid
          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
          WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass
          """
        ).map { Use(table: try $0.text(0), column: $0[1].text, kind: .read) })
    }
    for target in try StatementAnalyzer.targets(of: sql) {
      // By EXCLUDED an upsert depends on all columns of its table.
      if let named = target.named {
        uses = uses.filter {
          $0.table != target.table || $0.kind == .write || $0.column.map(named.contains) ?? true
        }
      }
      let columns =
        target.isWholeRow ? catalog.tables[target.table]?.columns.map(\.name) ?? [] : target.columns
      for column in columns {
        uses.remove(Use(table: target.table, column: column, kind: .read))
        uses.insert(Use(table: target.table, column: column, kind: .write))
      }
      uses.insert(Use(table: target.table, column: nil, kind: .write))
    }
    return uses
  }

  /// A server's function has no more arguments, while a statement may have parameters by the thousand, as where it inserts
  /// many rows or looks for one of many keys.
  private static let mostArguments = 100

  /// A query whose parameters can be a function's arguments: the first ones are, and of each other one a NULL of its type
  /// takes the place, which reads and writes as much.
  private static func withArguments(_ sql: String, _ types: [String]) -> (sql: String, types: [String]) {
    guard types.count > mostArguments else { return (sql, types) }
    let bytes = Array(sql.utf8)
    var body: [UInt8] = []
    var index = 0
    for place in SQLParameter.numbered(in: bytes) {
      let number = Int(String(decoding: bytes[place].dropFirst(), as: UTF8.self)) ?? 0
      guard number > mostArguments, number <= types.count else { continue }
      body += bytes[index..<place.lowerBound] + Array("CAST(NULL AS \(types[number - 1]))".utf8)
      index = place.upperBound
    }
    return (String(decoding: body + bytes[index...], as: UTF8.self), Array(types.prefix(mostArguments)))
  }

  private static func unquoted(_ name: String) -> String {
    name.unicodeScalars.first == "\"" ? SQLText.unquoted(name) : name
  }
}
