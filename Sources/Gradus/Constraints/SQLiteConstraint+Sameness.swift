import GradusSQL

/// Whether the constraint that a table has is the declared one, and not only one of its name.
extension SQLiteConstraint {
  /// Refuses another constraint that has the name.
  ///
  /// - Parameters:
  ///   - table: the table, as `sqlite_master` spells it.
  ///   - text: its definition, with a constraint of the name.
  /// - Throws: `GradusError`.
  func refuseAnother(_ table: String, _ text: CreateTableText) throws {
    switch constraint.rule {
    // Known by its column, whatever its name.
    case .notNull: return
    case .check:
      let there = checks(named: constraint.name, of: table, text)
      var trial = constraint
      trial.name = "gradus_trial"
      let wanted = text.adding(trial.definition).map { checks(named: trial.name, of: table, $0) } ?? []
      guard there.contains(where: { wanted.contains($0) }) else { throw constraint.isAnother(there.first) }
    case .foreignKey(let key):
      guard try hasKey(key, table, text) else { throw constraint.isAnother(nil) }
    }
  }

  /// The checks of a name in canonical form, without the table's own name, which a rebuild takes out of them.
  private func checks(named name: String, of table: String, _ text: CreateTableText) -> [String] {
    let clauses = text.renamed(to: table)?.clauses ?? []
    return clauses.filter { $0.keyword == "check" && $0.name == SQLiteName(name).text }.map(\.text)
  }

  /// The pragma tells no names: it is enough that one of the table's keys says the same.
  private func hasKey(
    _ key: UpdateDeclaration.Constraint.ForeignKey, _ table: String, _ text: CreateTableText
  ) throws -> Bool {
    let rows = try connection.query(
      """
      SELECT f.id, f."from",
        coalesce(f."to", (SELECT name FROM pragma_table_info(f."table") WHERE pk = f.seq + 1))
      FROM pragma_foreign_key_list($1) AS f
      WHERE f."table" = $2 COLLATE NOCASE AND f.on_delete = $3 AND f.on_update = 'NO ACTION'
      """, [.text(table), .text(key.parent), .text(key.onDelete?.sql ?? "NO ACTION")])
    var pairs: [Int: Set<[SQLiteName]>] = [:]
    for row in rows {
      let pair = [SQLiteName(try row.text(1)), SQLiteName(row[2].text ?? "")]
      pairs[Int(try row.integer(0)), default: []].insert(pair)
    }
    let wanted = Set(zip(key.columns, key.parentColumns).map { [SQLiteName($0), SQLiteName($1)] })
    // The pragma counts from the last key of the text.
    let areDeferred = Array(text.foreignKeysAreDeferred.reversed())
    return pairs.contains { id, pairs in
      pairs == wanted && areDeferred.indices.contains(id) && areDeferred[id] == key.isDeferred
    }
  }
}
