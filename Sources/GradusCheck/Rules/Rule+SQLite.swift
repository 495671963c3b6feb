extension Rule {
  /// The rules on what SQLite's statements lose or ignore.
  package static let sqlite: [Rule] = [
    Rule(
      "L02", .error, "rebuilds a table and loses columns, indexes or triggers of it",
      because: "DROP TABLE takes them along, and RENAME does not bring them back",
      fix: "make them again after the RENAME, as they were"),
    Rule(
      "L03", .error, "sets PRAGMA foreign_keys in a transaction",
      because:
        "SQLite ignores it there: DROP TABLE would delete, or fail for, rows that refer to the table; 'migrate' refuses to switch them off",
      fix:
        "declare the change (kind: constraint), or begin with -- gradus:no-transaction and PRAGMA foreign_keys = OFF; PRAGMA defer_foreign_keys does not help"
    ),
    Rule(
      "L04", .error, "drops a column that an index, trigger, view or key uses",
      because: "SQLite refuses that, and the migration fails",
      fix: "drop what uses the column before, and make again without it what is still needed"),
    Rule(
      "L05", .error, "has double quotes around what names nothing",
      because:
        "older settings of SQLite take it for a text, and views and triggers are not checked when they are made",
      fix: "put texts into single quotes; names that exist into double quotes"),
  ]
}
