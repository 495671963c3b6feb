import Gradus

/// What Gradus makes in a database by itself. All else is the application's, also where its name begins the same way.
package enum OwnNames {
  /// The tables that no schema brings: those of the bookkeeping, of a port, and of guards on SQLite.
  package static let tables: Set<String> = Bookkeeping.names.filter { $0.hasPrefix("gradus_") }
    .union(["gradus_port", "gradus_port_state", "gradus_port_set_aside", "gradus_port_warnings"])
    .union([WriterVersion.table])

  /// What the names of triggers and their functions begin with: guards of gradual migrations, and synchronised columns,
  /// whose triggers come last on PostgreSQL.
  private static let prefixes = ["gradus_guard_", "gradus_sync_", "zzz_gradus_sync_"]

  /// Whether a trigger is Gradus's own.
  package static func isTrigger(_ name: String) -> Bool { prefixes.contains { name.hasPrefix($0) } }

  /// Whether a trigger, or its function, is Gradus's own, as SQL of PostgreSQL's.
  ///
  /// - Parameter name: its name, as SQL.
  static func triggerCondition(_ name: String) -> String {
    "(" + prefixes.map { "starts_with(\(name)::text, '\($0)')" }.joined(separator: " OR ") + ")"
  }
}
