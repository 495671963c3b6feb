extension Rule {
  /// The rules on what PostgreSQL's statements cost those who use the database meanwhile. Where SQLite is no better off,
  /// they hold there, too.
  package static let postgres: [Rule] = [
    Rule(
      "P01", .error, "sets NOT NULL without a validated check first",
      because: "PostgreSQL reads the whole table, which nobody else may read or write meanwhile",
      fix:
        "declare it in an .updates.yaml file (kind: constraint, not_null), or validate CHECK (column IS NOT NULL) before"
    ),
    Rule(
      "P02", .error, "adds a check or foreign key to an existing table without NOT VALID",
      because: "PostgreSQL reads the whole table, which nobody may write meanwhile",
      fix:
        "declare it in an .updates.yaml file (kind: constraint), or add it NOT VALID and validate later"
    ),
    Rule(
      "P03", .error, "waits for a lock without a limit",
      because: "whoever comes after it waits as well: one slow query then stops the application",
      fix:
        "leave the limit that Gradus sets; outside a transaction, SET lock_timeout before the first lock of a table"
    ),
    Rule(
      "P04", .error, "adds a column with a default that each row computes",
      because: "PostgreSQL writes the whole table anew, which nobody else may read or write meanwhile",
      fix: "add the column, then set its default, and fill old rows in the background (kind: backfill)"),
    Rule(
      "P05", .error, "makes PostgreSQL write a table or its indexes anew, as most changes of a type do",
      because: "nobody else may read or write the table meanwhile",
      fix: "add a column of the new type and move to it over releases (kind: sync_column)"),
    Rule(
      "P06", .error, "has CONCURRENTLY, or what else no transaction may hold, in a transaction",
      because: "deltas run in one: PostgreSQL refuses the statement, and the migration fails",
      fix: "declare an index in an .updates.yaml file (kind: index); else begin with -- gradus:no-transaction"
    ),
    Rule(
      "P07", .warning, "goes on with slow statements or other tables while it keeps everybody from a table",
      because:
        "the lock is held to the end of the delta, and two tables locked one after the other may be a deadlock",
      fix: "give what comes after the lock a delta of its own, and what goes through rows an update"),
    Rule(
      "P08", .error, "adds a constraint NOT VALID and validates it in one transaction",
      because: "the lock of the first is held while the second reads the whole table",
      fix: "validate in the background (kind: validate_constraint) or in another delta"),
    Rule(
      "P09", .error, "updates or deletes rows of an existing table at once",
      because:
        "the start-up waits for all of them, and writers of these rows, on SQLite all writers, wait, too",
      fix: "do it in batches in the background (kind: backfill), or name the rows by a whole key"),
    Rule(
      "P10", .error, "uses an enumeration's value in the transaction that adds it",
      because: "PostgreSQL refuses that, and the migration fails",
      fix: "add the value in a delta of its own before this one"),
    Rule(
      "P11", .error, "adds a stored generated or identity column to an existing table",
      because: "PostgreSQL writes the whole table anew, which nobody else may read or write meanwhile",
      fix:
        "add a plain column: a computed one is kept and filled by kind: sync_column, numbers by the application and kind: backfill"
    ),
    Rule(
      "P12", .error, "has a name of more than 63 bytes",
      because:
        "PostgreSQL cuts it off without an error: names may clash, and are not found by those who list them",
      fix: "take a shorter name"),
    Rule(
      "P13", .warning, "adds a foreign key whose columns no index begins with",
      because: "each DELETE or change of a referenced row reads the whole table",
      fix: "make an index on the columns (on an existing table: kind: index)"),
    Rule(
      "P14", .error, "has BEGIN, COMMIT or the like",
      because: "it would part the delta from its record: Gradus refuses it, and the migration fails",
      fix: "remove the statement: a delta runs in a transaction of its own"),
  ]
}
