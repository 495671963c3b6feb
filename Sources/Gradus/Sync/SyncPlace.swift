import GradusSQL

/// Where the trigger of a synchronised column stands among those of a table on PostgreSQL, which fire in the order of
/// their names.
///
/// It has to come after the application's own, which may change what it computes from, and after those of other
/// synchronised columns that it computes from.
struct SyncPlace {
  let connection: Connection
  let sync: UpdateDeclaration.SyncColumn

  static let prefix = "zzz_gradus_sync_"

  /// The start of a name that sorts behind all that are there.
  ///
  /// - Throws: `GradusError` where one that is there would have to fire later.
  func next() throws -> String {
    let rows = try connection.query(
      """
      SELECT g.tgname::text, p.prosrc FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
      WHERE g.tgrelid = to_regclass($1) AND NOT g.tgisinternal AND g.tgname LIKE 'zzz\\_gradus\\_sync\\_%'
      """, [.text(SQLText.identifier(sync.table))])
    var last = 0
    for row in rows {
      let (trigger, source) = (try row.text(0), try row.text(1))
      try check(trigger, source)
      last = max(last, Int(trigger.dropFirst(Self.prefix.count).prefix(while: \.isNumber)) ?? 0)
    }
    let number = String(last + 1)
    return Self.prefix + String(repeating: "0", count: max(0, 3 - number.count)) + number + "_"
  }

  private func check(_ trigger: String, _ source: String) throws {
    if source.contains(PostgresSync.changed(sync.to)) {
      throw refusal(trigger, "computes from '\(sync.to)', and would fire before it has its value")
    }
    guard sync.reverse != nil else { return }
    let from = sync.from[0]
    if source.contains(PostgresSync.changed(from)) || source.contains(PostgresSync.assigned(from)) {
      throw refusal(trigger, "uses '\(from)', and would fire before 'reverse' gives it a value")
    }
  }

  private func refusal(_ trigger: String, _ reason: String) -> GradusError {
    GradusError(
      .deltaFailed, "the trigger '\(trigger)' of '\(sync.table)' \(reason)",
      hint: """
        nothing of this file was kept; remove that one in a delta before (kind: drop_sync), and declare it under another name in \
        a delta after this one; only one of them may have a 'reverse' to a column that both use
        """)
  }
}

extension SyncPlace {
  /// Updates of a file in an order in which triggers that compute from another's column are made after it.
  static func sorted(_ declarations: [UpdateDeclaration]) -> [UpdateDeclaration] {
    var (rest, result): ([UpdateDeclaration], [UpdateDeclaration]) = (declarations, [])
    while !rest.isEmpty {
      let index = rest.indices.first { index in
        !rest.indices.contains { $0 != index && rest[index].computes(from: rest[$0]) }
      }
      // Where each waits for another, making the trigger finds that out.
      result.append(rest.remove(at: index ?? 0))
    }
    return result
  }
}

extension UpdateDeclaration {
  /// Whether its trigger reads what the other's writes.
  fileprivate func computes(from other: UpdateDeclaration) -> Bool {
    guard let sync = syncColumn, let source = other.syncColumn else { return false }
    guard sync.table == source.table else { return false }
    return sync.from.contains(source.to)
      || source.reverse != nil && sync.reverse == nil && sync.from.contains(source.from[0])
  }
}
