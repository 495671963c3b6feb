import Gradus
import GradusSQL

/// A slice of a table's key: past `lower`, up to `upper`.
struct KeyRange {
  let engine: Engine
  let key: [String]
  /// Exclusive; nil at the beginning.
  let lower: [KeyValue]?
  /// Inclusive.
  let upper: [KeyValue]
  /// The first column of the slice's first row; known where there is no `lower`, on PostgreSQL.
  var first: KeyValue?

  /// The slice's values, as parameters `$1` and on: those of `lower`, then those of `upper` from the first on that
  /// differs.
  var parameters: [SQLValue] {
    ((lower ?? []) + upper.dropFirst(shared) + (first.map { [$0] } ?? [])).map(\.sqlValue)
  }

  /// How many of the first columns have one value throughout the slice.
  private var shared: Int {
    guard let lower else { return 0 }
    return zip(lower, upper).prefix { $0 == $1 }.count
  }

  /// Replaces `{range}` and `{range:alias}` by the condition that a row's key is in the slice.
  ///
  /// By hand: a regular expression is compiled anew at each use, and that was 40 % of the client's work for a batch.
  func expand(_ sql: String) -> String {
    let pieces = sql.split(separator: "{range", omittingEmptySubsequences: false)
    return pieces.dropFirst().reduce(into: String(pieces[0])) { expanded, piece in
      guard let (alias, end) = SlicePlaceholder.read(piece.utf8) else {
        expanded += "{range" + piece
        return
      }
      expanded += condition(alias: alias.map { String(Substring($0)) }) + piece[end...]
    }
  }

  func condition(alias: String? = nil) -> String {
    func columns(_ names: some Sequence<String>) -> String { SQLText.identifiers(Array(names), alias: alias) }
    guard let lower else {
      let end = "(\(columns(key))) <= (\(Self.placeholders(1, key.count)))"
      // Of a queue from whose beginning rows have been taken, PostgreSQL believes until the next ANALYZE that they are
      // still there, and would read the whole table rather than so many of them by the index.
      return first == nil ? end : "(\(end) AND \(columns(key.prefix(1))) >= $\(key.count + 1))"
    }
    let rest = key.dropFirst(shared)
    // An index search ends at the last value of a column that is equal, but not at that of a row comparison's second
    // column, which PostgreSQL reads on past to the end of the first one's value.
    var conditions = key.prefix(shared).enumerated().map { "\(columns([$1])) = $\($0 + 1)" }
    conditions += [
      "(\(columns(rest))) > (\(Self.placeholders(shared + 1, rest.count)))",
      "(\(columns(rest))) <= (\(Self.placeholders(lower.count + 1, rest.count)))",
    ]
    if engine == .postgres, rest.count > 1 {
      // PostgreSQL takes two row comparisons for independent: in the midst of a table each holds for half of its rows,
      // so both would for a quarter, and it would read the whole table for every slice. That two comparisons of one
      // column bound a range it knows.
      let first = columns(rest.prefix(1))
      conditions += ["\(first) >= $\(shared + 1)", "\(first) <= $\(lower.count + 1)"]
    }
    return "(\(conditions.joined(separator: " AND ")))"
  }

  private static func placeholders(_ first: Int, _ count: Int) -> String {
    (0..<count).map { "$\(first + $0)" }.joined(separator: ", ")
  }

  /// The condition that a key is on one side of a value, whose parts are parameters.
  ///
  /// - Parameter first: the number of the first of them.
  static func comparison(_ key: [String], _ sign: String, from first: Int) -> String {
    "(\(SQLText.identifiers(key))) \(sign) (\(placeholders(first, key.count)))"
  }

  /// The next slice of at most `size` rows past `lower`, and how many rows it has; nil where there are none.
  static func next(
    table: String, key: [String], past lower: [KeyValue]?, upTo bound: [KeyValue]? = nil, size: Int,
    on connection: Connection
  ) throws -> (range: KeyRange, rows: Int)? {
    var parameters: [SQLValue] = []
    var conditions: [String] = []
    for (sign, values) in [(">", lower), ("<=", bound)] {
      guard let values else { continue }
      conditions.append(comparison(key, sign, from: parameters.count + 1))
      parameters += values.map(\.sqlValue)
    }
    let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    let rows = "FROM \(SQLText.identifier(table)) \(condition)"
    let end =
      switch connection.engine {
      case .postgres: try postgresEnd(of: rows, table, key, parameters, size: size, on: connection)
      case .sqlite: try sqliteEnd(of: rows, key, parameters, size: size, on: connection)
      }
    guard let (last, count) = end else { return nil }
    let upper = try key.indices.map { try KeyValue(last[$0], of: key[$0]) }
    if connection.engine == .sqlite {
      try checkEncoding(of: upper, key, table, rows, parameters, size: size, on: connection)
    }
    let isBounded = lower != nil || connection.engine == .sqlite
    let first = try isBounded ? nil : KeyValue(last[key.count], of: key[0])
    return (KeyRange(engine: connection.engine, key: key, lower: lower, upper: upper, first: first), count)
  }

  /// The key of the last of the first `size` rows, then the first one's first column, and how many rows there are.
  ///
  /// In one statement, for another would see other rows. PostgreSQL has no max() of some types that are keys, such as
  /// UUID; to sort the slice by its end once more takes five times as long as to gather it.
  private static func postgresEnd(
    of rows: String, _ table: String, _ key: [String], _ parameters: [SQLValue], size: Int,
    on connection: Connection
  ) throws -> (last: Row, count: Int)? {
    let columns = SQLText.identifiers(key)
    let last = key.map { "(array_agg(\(SQLText.identifier($0))))[count(*)]" }.joined(separator: ", ")
    let row: Row?
    do {
      // The size is a parameter, so that the statement stays one and the same while batches grow and shrink.
      row = try connection.queryRow(
        """
        SELECT \(last), (array_agg(\(SQLText.identifier(key[0]))))[1], count(*)
        FROM (SELECT \(columns) \(rows) ORDER BY \(columns) LIMIT $\(parameters.count + 1)) AS gradus_slice
        """, parameters + [SQLValue(size)])
    } catch let error as SQLError where error.sqlState == "2202E" {
      // Arrays of different lengths are no array.
      throw KeyValue.unfit(key)
    }
    guard let row, case let count = Int(try row.integer(key.count + 1)), count > 0 else { return nil }
    // Of arrays it makes an array of two dimensions, in which nothing is where the last one is looked for.
    for (index, column) in key.enumerated()
    where try row[index].isNull && isArray(column, of: table, on: connection) {
      throw KeyValue.unfit([column])
    }
    return (row, count)
  }

  private static func isArray(_ column: String, of table: String, on connection: Connection) throws -> Bool {
    try connection.queryRow(
      """
      SELECT 1 FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND t.typcategory = 'A'
      """, [.text(SQLText.identifier(table)), .text(column)]) != nil
  }

  /// The key of the last of the first `size` rows, and how many there are.
  ///
  /// Rows that OFFSET passes over are not read, which is several times as fast as to count them; and statements cost
  /// next to nothing here.
  private static func sqliteEnd(
    of rows: String, _ key: [String], _ parameters: [SQLValue], size: Int, on connection: Connection
  ) throws -> (last: Row, count: Int)? {
    let columns = SQLText.identifiers(key)
    func row(_ number: Int) throws -> Row? {
      try connection.queryRow(
        "SELECT \(columns) \(rows) ORDER BY \(columns) LIMIT 1 OFFSET $\(parameters.count + 1)",
        parameters + [SQLValue(number - 1)])
    }
    if let last = try row(size) { return (last, size) }
    let count = try Int(connection.queryRow("SELECT count(*) \(rows)", parameters)?.integer(0) ?? 0)
    return count == 0 ? nil : try row(count).map { ($0, count) }
  }

  /// Refuses a slice none of whose rows its end reaches. SQLite holds any bytes as text, and what is no UTF-8 is read
  /// as other text than it is: the walk would come to the same row for ever.
  private static func checkEncoding(
    of upper: [KeyValue], _ key: [String], _ table: String, _ rows: String, _ parameters: [SQLValue],
    size: Int,
    on connection: Connection
  ) throws {
    let columns = key.indices.filter { upper[$0].mayBeRepaired }.map { "'\(key[$0])'" }
    guard !columns.isEmpty else { return }
    let order = SQLText.identifiers(key)
    let isReached = try connection.queryRow(
      """
      SELECT 1 FROM (SELECT \(order) \(rows) ORDER BY \(order) LIMIT $\(parameters.count + 1))
      WHERE \(comparison(key, "<=", from: parameters.count + 2)) LIMIT 1
      """, parameters + [SQLValue(size)] + upper.map(\.sqlValue))
    guard isReached == nil else { return }
    throw SQLError(
      .unexpectedValue,
      "a key of '\(table)' is no UTF-8 text, so that no walk gets past its row: see \(columns.joined(separator: ", "))",
      hint: "mend that row, or take another key")
  }
}
