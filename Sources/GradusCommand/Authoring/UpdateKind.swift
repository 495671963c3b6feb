import ArgumentParser

/// The kinds of updates that can be declared, and what each takes.
enum UpdateKind: String, ExpressibleByArgument, CaseIterable {
  case backfill
  case drain
  case index
  case validateConstraint = "validate_constraint"
  case constraint
  case syncColumn = "sync_column"
  case dropSync = "drop_sync"
  case sql
  case handler

  /// What an update of the kind cannot do without.
  var needs: [UpdateField] {
    switch self {
    case .backfill, .drain: [.table, .key]
    case .index: [.table, .columns]
    case .validateConstraint: [.table, .constraint]
    case .constraint: [.table]
    case .syncColumn: [.table, .key, .from, .into, .using]
    case .dropSync: [.sync]
    case .sql, .handler: []
    }
  }

  /// What it may have besides.
  var takes: [UpdateField] {
    switch self {
    case .backfill: [.where, .sql]
    case .drain, .sql: [.sql]
    case .index: [.unique, .where, .index, .replaces]
    case .validateConstraint: [.key, .check, .deleteViolations, .setNotNull]
    case .constraint:
      [
        .constraint, .key, .notNull, .check, .columns, .references, .onDelete, .deferrable, .deleteViolations,
      ]
    case .syncColumn: [.reverse]
    case .dropSync, .handler: []
    }
  }

  /// The kind and its flags, for `--help`.
  var usage: String {
    let flags = needs.map(\.flag) + takes.map { "[\($0.flag)]" }
    return "\(rawValue): \(flags.isEmpty ? "nothing" : flags.joined(separator: " "))"
  }
}
