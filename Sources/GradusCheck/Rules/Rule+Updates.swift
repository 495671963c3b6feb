extension Rule {
  /// The rules on background updates: what deltas queue, and what relies on its being done.
  package static let updates: [Rule] = [
    Rule(
      "U01", .error, "queues an update that nothing can run",
      because: "it stays in the queue for ever, and what depends on it waits as long",
      fix: "declare it in an .updates.yaml file, or register a handler of this name in the application"),
    Rule(
      "U02", .error, "queues an update whose depends_on is missing, later or a circle",
      because:
        "it is done too early, or never; in an .updates.yaml file a missing name and a circle are refused when it is read",
      fix: "name an update that this version or an earlier one queues, and let no two wait for each other"),
    Rule(
      "U03", .error, "needs an update that may be unfinished",
      because:
        "an upgrade may run it while the update is still queued: it drops what the update works on, or demands what the update has yet to write",
      fix:
        "list the update in a gradual migration that completes at this version or before, or let the constraint depend on it"
    ),
    Rule(
      "U04", .error, "completes a gradual migration before one release has passed",
      because:
        "there is no version to roll back to that writes the tables; the reader of the ledger refuses 'completes' at or below 'starts'",
      fix: "let a version of the ledger, from 'starts' on, come before the one that completes it"),
    Rule(
      "U05", .error, "was left without the handler of the update that it has queued",
      because: "databases of that version may still have it queued, and nothing can run it any more",
      fix: "keep the handler until no database can have it queued: as long as the delta is there"),
    Rule(
      "U06", .warning, "queues an update with an ordering of another version",
      because: "updates go by their ordering: the older version's first, as the newer ones may build on them",
      fix: "give it version × 100 + the number of the delta: 8701; 0 where it has to go before everything"),
    Rule(
      "U07", .warning, "builds an index in a way that cannot begin anew",
      because:
        "an interrupted build leaves an invalid index or none, holds writers up, or fails the second time",
      fix: "declare it with kind: index, which drops what is half built and begins anew"),
    Rule(
      "U08", .error, "completes a gradual migration at a version that still admits those before its start",
      because:
        "they would write the source and not the tables, which are read without a fallback by then; for the current version and older ones the reader of the ledger refuses it",
      fix: "raise that version's compat version to 'starts' at least"),
    Rule(
      "U09", .error, "takes away what the trigger of a synchronised column works on",
      because:
        "the trigger stays until drop_sync removes it: without a column every write to the table fails, and with the table the trigger itself is gone, so that the column is kept no more",
      fix:
        "remove the trigger in an updates file before (kind: drop_sync); after a table was made anew, declare the column again under another name"
    ),
    Rule(
      "U10", .error, "fills an UNLOGGED table, or works one off",
      because:
        "after a crash of the server or a failover PostgreSQL empties the table, while the update goes on behind what is gone, or counts as complete",
      fix: "let the table be logged (ALTER TABLE ... SET LOGGED), or let no update fill it"),
    Rule(
      "U11", .warning, "derives counts, sums or lists that nothing mends where an older version deletes",
      because:
        "a start finds by positions what is stale: where a source row goes that is not the newest of its key, the derived row stays as it is, wrong, and the migration is certified all the same",
      fix: "let the ledger's guards watch deletions, or compute the rows anew in the version that completes"),
  ]
}
