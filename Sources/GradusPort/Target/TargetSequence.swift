import GradusCatalog
import GradusSQL

/// A sequence of the target, with the columns that count by it.
struct TargetSequence {
  /// A column whose numbers are its own.
  struct Column {
    let table: String
    let name: String
    let isPartitioned: Bool
    /// Whether it holds numbers; else nothing is known of what was given out for it.
    let isNumber: Bool

    var description: String { "\(table).\(name)" }
    /// The table's own rows, as SQL.
    var rows: String { PortTable.ownRows(of: table, isPartitioned: isPartitioned) }
  }

  let name: String
  let start: Int64
  /// Below zero where it counts down.
  let increment: Int64
  let bounds: ClosedRange<Int64>
  /// Whether it begins again at its end.
  let cycles: Bool
  /// What it belongs to, and those whose defaults ask it for a number.
  var columns: [Column] = []

  /// All of the current schema, in the order of the tables; those without a column come last.
  static func all(on connection: Connection) throws -> [TargetSequence] {
    var sequences: [TargetSequence] = []
    var places: [String: Int] = [:]
    for row in try TextSettings.with(connection, { try $0.query(query) }) {
      let name = try row.text(0)
      if places[name] == nil {
        places[name] = sequences.count
        sequences.append(
          TargetSequence(
            name: name, start: try row.integer(1), increment: try row.integer(2),
            bounds: try row.integer(3)...row.integer(4), cycles: try row.boolean(5)))
      }
      guard let place = places[name], let table = row[6].text else { continue }
      sequences[place].columns.append(
        Column(
          table: table, name: try row.text(7), isPartitioned: try row.boolean(8),
          isNumber: try row.boolean(9)))
    }
    return sequences
  }

  /// A call of `nextval`, its sequence's name as a constant, as the server writes it. What is in brackets is the name in
  /// the syntax of SQL.
  private static let call: String = {
    let identifier = #"(?:[[:alpha:]_][[:alnum:]_$]*|"(?:[^"']|""|'')+")"#
    return "nextval[(]+'(\(identifier)(?:[.]\(identifier))?)'(?:::[[:alpha:]\" ]+|[)])*[)]"
  }()

  /// Rows of partitions are those of their table.
  ///
  /// Of a default that names its sequence as a text, as old dumps do, the server knows no dependency; nor of a column whose
  /// type, a domain, brings the default along. The name is not looked up, which would fail for a schema without rights.
  private static let query = """
    WITH called AS MATERIALIZED (
      SELECT f.relation, f.number, parse_ident(replace(m[1], '''''', '''')) AS name
      FROM (
        SELECT d.adrelid AS relation, d.adnum AS number, pg_get_expr(d.adbin, d.adrelid) AS expression FROM pg_attrdef d
        UNION ALL
        SELECT a.attrelid, a.attnum, pg_get_expr(y.typdefaultbin, 0)
        FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
        WHERE a.attnum > 0 AND NOT a.atthasdef AND y.typdefaultbin IS NOT NULL
      ) f
      JOIN pg_class t ON t.oid = f.relation AND t.relnamespace = quote_ident(current_schema())::regnamespace
      CROSS JOIN LATERAL regexp_matches(f.expression, \(SQLText.literal(call)), 'g') m
    )
    SELECT s.relname::text, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle,
      u.relname::text, u.attname::text, u.relkind = 'p', u.is_number
    FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid LEFT JOIN LATERAL (
      SELECT t.relname, a.attname, a.attnum, t.relkind, EXISTS (
          WITH RECURSIVE base (type) AS (
            SELECT a.atttypid UNION ALL
            SELECT y.typbasetype FROM base JOIN pg_type y ON y.oid = base.type WHERE y.typbasetype <> 0
          )
          SELECT 1 FROM base WHERE type IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
        ) AS is_number
      FROM (
        SELECT d.refobjid AS relation, d.refobjsubid AS number FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype IN ('a', 'i')
          AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
        UNION
        SELECT f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid
        WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = s.oid
        UNION
        SELECT n.relation, n.number FROM called n
        WHERE n.name = ARRAY[s.relname::text] OR n.name = ARRAY[current_schema()::text, s.relname::text]
      ) c
      JOIN pg_class t ON t.oid = c.relation AND t.relkind IN ('r', 'p') AND NOT t.relispartition
        AND t.relnamespace = s.relnamespace
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.number
    ) u ON true
    WHERE s.relkind = 'S' AND s.relnamespace = quote_ident(current_schema())::regnamespace
    ORDER BY u.relname, u.attnum, s.relname
    """
}
