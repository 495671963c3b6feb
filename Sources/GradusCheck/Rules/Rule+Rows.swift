extension Rule {
  /// The rules that only running a delta shows.
  package static let rows: [Rule] = [
    Rule(
      "L01", .error, "works on empty tables and fails where there are rows",
      because: "it passes every test on a new database, and stops the start-up of all others",
      fix:
        "give a new column a constant default or let it be NULL; bring rows into shape before a constraint is added"
    ),
    Rule(
      "D12", .error, "runs outside a transaction and cannot be run twice",
      because: "a crash leaves it half done, and it has to be run again",
      fix: "write CREATE ... IF NOT EXISTS and DROP ... IF EXISTS, or let it run in a transaction"),
    Rule(
      "D14", .error, "loses rows or values of an existing table",
      because: "the table is there afterwards, so that nobody misses them before it is too late",
      fix:
        "copy every row, and columns by name, before DROP TABLE or DROP COLUMN; where SQLite's DROP TABLE deletes rows that refer to the table, declare the change (kind: constraint), or begin with -- gradus:no-transaction and PRAGMA foreign_keys = OFF; suppress it where other values are meant"
    ),
  ]
}
