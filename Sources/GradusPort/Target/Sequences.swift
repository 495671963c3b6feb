import Gradus
import GradusSQL

/// Lets sequences go on after what the rows hold.
struct Sequences: Sendable {
  let declaration: PortDeclaration
  /// The greatest numbers that SQLite's AUTOINCREMENT has given out, by table: rows that are gone count too.
  let given: [SQLiteName: Int64]

  /// - Returns: warnings: of sequences that have no number left, and of those of which nothing is known, which begin at
  ///   their beginning.
  func set(_ connection: Connection) throws -> [String] {
    try TargetSequence.all(on: connection).compactMap { sequence -> String? in
      let declared = declaration.sequences[sequence.name]
      guard declared != nil || sequence.columns.contains(where: \.isNumber) else { return unknown(sequence) }
      var used = try usedByColumns(sequence, connection)
      if let declared { used += try usedBy(declared, of: sequence, connection) }
      return try set(sequence, after: used, connection)
    }
  }

  private func unknown(_ sequence: TargetSequence) -> String {
    let owner =
      sequence.columns.first.map { "counts for \($0.description), which is no number," }
      ?? "belongs to no column"
    return
      "the sequence \(sequence.name) \(owner) and begins at its beginning: see 'port: sequences' of the ledger"
  }

  /// What its own columns have come to.
  private func usedByColumns(_ sequence: TargetSequence, _ connection: Connection) throws -> [Int64] {
    var used: [Int64] = []
    for column in sequence.columns where column.isNumber {
      used += try furthest(sequence, column.rows, column.name, isNegated: false, connection)
      if sequence.increment > 0, let given = given[SQLiteName(column.table)] { used.append(given) }
    }
    return used
  }

  /// What the columns have come to that the ledger names.
  private func usedBy(
    _ source: PortDeclaration.SequenceSource, of sequence: TargetSequence, _ connection: Connection
  ) throws -> [Int64] {
    let isNegated = if case .lowestOf = source { true } else { false }
    var used: [Int64] = []
    for column in source.columns {
      guard try isThere(column, connection) else { continue }
      used += try furthest(
        sequence, SQLText.identifier(column.table), column.name, isNegated: isNegated, connection)
    }
    return used
  }

  /// The number of a column, or its opposite, that a sequence has come to last.
  private func furthest(
    _ sequence: TargetSequence, _ rows: String, _ column: String, isNegated: Bool, _ connection: Connection
  ) throws -> [Int64] {
    let end = (sequence.increment > 0) == isNegated ? "min" : "max"
    let value = "\(isNegated ? "-" : "")\(end)(\(SQLText.identifier(column)))::numeric"
    // The lowest number of all has no opposite, and a decimal may be beyond all sequences. Of NULL, where there is no row,
    // `greatest` would make the other number.
    let row = try connection.queryRow(
      """
      SELECT trunc(least(greatest(v, \(Int64.min)), \(Int64.max)))::bigint
      FROM (SELECT \(value) AS v FROM \(rows)) ends WHERE v IS NOT NULL
      """)
    return row?[0].integer.map { [$0] } ?? []
  }

  /// Lets a sequence go on after the furthest of these numbers, or be at its end. One that has not begun yet begins where
  /// it is to begin.
  ///
  /// - Returns: a warning where no number is left.
  private func set(
    _ sequence: TargetSequence, after used: [Int64], _ connection: Connection
  ) throws -> String? {
    let countsUp = sequence.increment > 0
    guard let last = countsUp ? used.max() : used.min(),
      countsUp ? last >= sequence.start : last <= sequence.start
    else { return nil }
    let value = min(max(last, sequence.bounds.lowerBound), sequence.bounds.upperBound)
    _ = try connection.query(
      "SELECT setval($1::text::regclass, $2, true)",
      [.text(SQLText.identifier(sequence.name)), .integer(value)])
    let (next, isOver) = last.addingReportingOverflow(sequence.increment)
    guard isOver || !sequence.bounds.contains(next), !sequence.cycles else { return nil }
    let end = countsUp ? sequence.bounds.upperBound : sequence.bounds.lowerBound
    guard let column = sequence.columns.first(where: \.isNumber) else {
      return
        "the sequence \(sequence.name) ends at \(end), and the source has come to \(last): it has no number left"
    }
    return
      "\(column.description) has no number left: the source has come to \(last), and its sequence \(sequence.name) ends at \(end); rows that ask for one are refused until a delta makes the column and the sequence larger"
  }

  private func isThere(_ column: PortDeclaration.Column, _ connection: Connection) throws -> Bool {
    try connection.queryRow(
      """
      SELECT EXISTS (SELECT 1 FROM pg_attribute
        WHERE attrelid = to_regclass($1::text) AND attname = $2 AND NOT attisdropped)
      """, [.text(SQLText.identifier(column.table)), .text(column.name)])?.boolean(0) ?? false
  }
}
