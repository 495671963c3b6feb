import Gradus

/// What a query's text says of it, found out once: its probes are many, and so are the schemas.
struct QueryKind: Sendable {
  /// Whether it may change rows.
  let writes: Bool
  /// Whether it returns the rows that it writes.
  let returnsWritten: Bool
  /// Whether it inserts constants, so that what it writes does not depend on the rows that are there.
  let insertsConstants: Bool
  /// Whether it may write nothing, as it says so.
  let mayWriteNothing: Bool

  init(_ query: ApplicationQuery) {
    let text = CanonicalSQL.text(query.sql)
    writes = query.writes
    returnsWritten = text.contains(#/\breturning\b/#)
    insertsConstants = text.contains(#/^(insert|replace)\b.*\bvalues\b/#) && !text.contains(#/\bselect\b/#)
    mayWriteNothing = text.contains(#/\bdo nothing\b|\bor ignore\b|\bnot exists\b/#)
  }
}
