extension Rule {
  /// The rules on what older versions that are still admitted read and write. Narrowing breaks old writers, widening breaks
  /// old readers.
  package static let compat: [Rule] = [
    Rule(
      "C01", .error, "drops a column", because: "an admitted version may still read or write it",
      fix:
        "stop using it in one release; when the compat version has reached that one, drop it and suppress this"
    ),
    Rule(
      "C02", .error,
      "drops a table, view, sequence, function or type, or the trigger by which a view is written",
      because: "an admitted version may still use it",
      fix:
        "stop using it in one release; when the compat version has reached that one, drop it and suppress this"
    ),
    Rule(
      "C03", .error, "renames a table, column or what else a version uses",
      because: "an admitted version uses the old name",
      fix:
        "add the new one beside the old one, keep both right (kind: sync_column), and drop the old one later"),
    Rule(
      "C04", .error, "adds a NOT NULL column without a default",
      because: "an INSERT of an admitted version does not give it a value",
      fix:
        "give it a default, or add it nullable, fill it, and set NOT NULL when the compat version has moved"),
    Rule(
      "C05", .error, "sets NOT NULL", because: "an admitted version may write NULL",
      fix:
        "write values in one release; when the compat version has reached that one, set NOT NULL and suppress this"
    ),
    Rule(
      "C06", .error,
      "narrows what a column takes: its type, an enumeration, or all as the database computes it",
      because: "an admitted version may write values that do not fit any more",
      fix: "add another column and move to it over releases (kind: sync_column)"),
    Rule(
      "C07", .error, "adds a unique constraint or index",
      because: "an admitted version may write the same key twice",
      fix:
        "write unique keys in one release; when the compat version has reached that one, add it and suppress this"
    ),
    Rule(
      "C08", .error, "adds a check, foreign key or exclusion",
      because: "an admitted version may write rows that it refuses, NOT VALID or not",
      fix:
        "write such rows no more in one release; when the compat version has reached that one, add it and suppress this"
    ),
    Rule(
      "C09", .error, "drops NOT NULL", because: "an admitted version may not expect NULL when it reads",
      fix:
        "read NULL in one release; when the compat version has reached that one, drop NOT NULL and suppress this"
    ),
    Rule(
      "C10", .warning, "widens a type or adds an enumeration's value",
      because: "an admitted version may read values that it does not expect",
      fix: "read such values in one release; write them when the compat version has reached that one"),
    Rule(
      "C11", .error, "drops or changes a default or what counts by itself",
      because: "an INSERT of an admitted version may rely on it",
      fix:
        "give the value in every INSERT of one release; when the compat version has reached that one, drop the default and suppress this"
    ),
    Rule(
      "C12", .error, "drops a unique constraint or index",
      because: "ON CONFLICT of an admitted version may need it",
      fix: "when no admitted version names its columns in ON CONFLICT, drop it and suppress this"),
    Rule(
      "C13", .warning,
      "adds a trigger, a rule or row level security to a table that admitted versions write",
      because: "it holds for their statements, too, which do not know of it",
      fix: "make sure that it cannot fail for rows of an older version"),
    Rule(
      "C14", .error, "has compat versions out of bounds",
      because: "nobody can roll back, or nobody can upgrade",
      fix: "compat <= version, never lower than before, and at least one older version admitted"),
  ]
}
