extension Rule {
  /// The rules on the queries that an application's versions have committed.
  package static let queries: [Rule] = [
    Rule(
      "C15", .error, "declares a compat version below the computed floor",
      because: "queries of a version that may still open the database do not work on this schema",
      fix: "raise the compat version, or mend the delta so that the older version works; see 'check compat'"),
    Rule(
      "Q01", .warning, "reads all columns, whichever there are",
      because: "a column that a later version adds or drops changes what is read, or breaks a prepared statement",
      fix: "name the columns"),
    Rule(
      "Q02", .error, "inserts without a list of columns",
      because: "a column that a later version adds breaks it",
      fix: "name the columns: INSERT INTO rooms (room_id, name) VALUES ($1, $2)"),
    Rule(
      "Q03", .error, "runs queries that are not committed",
      because: "later schemas are checked against the committed queries only",
      fix: "add them to the version's file of queries; 'queries import' writes it"),
  ]
}
