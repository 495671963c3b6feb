extension Rule {
  /// The rules on how deltas are written and kept.
  package static let discipline: [Rule] = [
    Rule(
      "D01", .error, "is a new delta of a version that has been released",
      because: "new databases and those that come from older versions get it, those of that version never do",
      fix: "move it to the folder of the newest version"),
    Rule(
      "D02", .error, "edits or deletes a delta that has landed",
      because: "databases that have applied it keep what it did before",
      fix:
        "put it back as it was, and write a new delta; where no database has it yet, suppress this (of one that is gone, in the ledger)"
    ),
    Rule(
      "D03", .error, "makes an index on an existing table in a delta",
      because: "the start-up waits for it, and on PostgreSQL all writers do",
      fix: "declare it in an .updates.yaml file (kind: index): it is made while the application serves"),
    Rule(
      "D04", .warning, "drops an index in a delta",
      because: "queries of admitted versions may need it to be fast; and it locks the table",
      fix: "when no admitted version's queries need it, drop it and suppress this"),
    Rule(
      "D05", .error, "has a full schema that differs from the deltas",
      because: "new databases and upgraded ones differ",
      fix: "make the full schema anew on each engine: schema dump --to VERSION --engine ENGINE --write"),
    Rule(
      "D06", .error, "makes different schemas on SQLite and PostgreSQL",
      because: "the application runs on both",
      fix: "give each engine the same tables, columns and keys"),
    Rule(
      "D07", .error, "has a number that is taken or missing",
      because: "the order of deltas is that of their names",
      fix: "begin the name with a number of two digits that no other delta of the version has"),
    Rule(
      "D08", .error, "has deltas of a version that the ledger does not know",
      because: "nobody knows which versions may still open the database",
      fix: "add the version, with its compat version, to the ledger"),
    Rule(
      "D09", .error, "drops a constraint and adds it again",
      because: "all rows are checked again while others wait, and if it fails the old one was right",
      fix:
        "add the new one NOT VALID under another name, validate it in the background, then drop the old one"),
    Rule(
      "D10", .error, "cannot be applied",
      because: "the migration fails, and what comes after it cannot be checked",
      fix: "mend the delta; what comes after it has not been checked"),
    Rule(
      "D11", .warning, "has a statement that cannot be analysed",
      because: "what it does is judged by the schema alone: locks and scans in it are not seen",
      fix: "write it as plain statements, or look at it yourself and suppress this"),
    Rule(
      "D13", .error, "has a staleness rule that cannot be read",
      because: "every start of the version refuses it: of what cannot be read nothing is found to be stale",
      fix:
        "name in the ledger the tables and columns that the version's deltas make, and positions of whole numbers"
    ),
    Rule(
      "D15", .warning, "is a delta of a version below the oldest full schema",
      because: "no new database gets it, and it has not been checked, as no database before it can be made",
      fix:
        "move it to the folder of the newest version; where older databases have still to be upgraded, keep a full schema from before it; else remove it by 'squash'"
    ),
    Rule(
      "D16", .error, "takes a gradual migration out of the ledger that databases may not have completed",
      because:
        "without it nothing of it is purged, completed or waited for, and its tables are relied on as they are",
      fix:
        "put it back until 'upgrades_from' has come to the version that completes it; where all databases have, suppress this in the ledger; where it was given up, leave its name and 'starts' alone"
    ),
  ]
}
