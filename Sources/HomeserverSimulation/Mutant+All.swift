import GradusSQL

extension Mutant {
  /// Defects that were made, or nearly made, by somebody, somewhere.
  package static let all: [Mutant] = [
    Mutant(name: "the purge leaves the stale rows") { sql, parameters in
      isPurge(sql) ? nil : (sql, parameters)
    },
    Mutant(name: "the purge begins one position too late") { sql, parameters in
      (isPurge(sql) ? sql.replacing("> $1)", with: "> $1 + 1)") : sql, parameters)
    },
    Mutant(name: "the purge queues nothing of what it removed") { sql, parameters in
      let isQueued =
        isRequeue(sql) || sql.hasPrefix("INSERT INTO background_updates") && parameters.count == 4
      return isQueued ? nil : (sql, parameters)
    },
    Mutant(name: "the purge forgets to queue the update") { sql, parameters in
      let isSnapshots = parameters.first == .text("sliding_sync_membership_snapshots_bg_update")
      let isCatchUp =
        sql.hasPrefix("INSERT INTO background_updates") && isSnapshots && parameters[1] != .text("{}")
      return isCatchUp ? nil : (sql, parameters)
    },
    // Each of the two alone does no harm: one makes up for the other.
    Mutant(name: "the watermark is too high, and an older version does not take it back") { sql, parameters in
      if sql.hasPrefix("DELETE FROM gradus_watermarks") { return nil }
      guard sql.hasPrefix("INSERT INTO gradus_watermarks"), let position = parameters[1].integer else {
        return (sql, parameters)
      }
      return (sql, [parameters[0], .integer(position + 4)])
    },
    Mutant(name: "a writer inserts a row with some of its columns only") { sql, parameters in
      guard sql.hasPrefix("INSERT INTO sliding_sync_joined_rooms") else { return (sql, parameters) }
      return (sql, parameters.prefix(2) + parameters.dropFirst(2).map { $0.text == nil ? $0 : .null })
    },
    Mutant(name: "a writer moves no position") { sql, parameters in
      sql.hasPrefix("UPDATE sliding_sync_joined_rooms") ? nil : (sql, parameters)
    },
    Mutant(name: "the progress is one position too far") { sql, parameters in
      guard sql.contains("UPDATE background_updates SET progress_json") else { return (sql, parameters) }
      return (sql, parameters.map { $0.text.map { .text(movedOn($0)) } ?? $0 })
    },
    Mutant(name: "the compat version is not raised") { sql, parameters in
      let isRaise = sql.hasPrefix("INSERT INTO schema_compat_version")
      return (sql, isRaise ? [min(parameters[0].integer ?? 0, 86)].map { .integer($0) } : parameters)
    },
    Mutant(
      name: "an old version does not look at the compat version", checksAdmission: false, announces: false),
    Mutant(
      name: "guards miss updates",
      rewrite: { sql, parameters in
        (sql.contains("CREATE TRIGGER") && sql.contains("AFTER UPDATE") ? idle(sql) : sql, parameters)
      }, isOfGuards: true),
    Mutant(
      name: "guards miss new rows",
      rewrite: { sql, parameters in
        (sql.contains("CREATE TRIGGER") && sql.contains("AFTER INSERT") ? idle(sql) : sql, parameters)
      }, isOfGuards: true),
    Mutant(
      name: "guards miss removed rows",
      rewrite: { sql, parameters in
        (sql.contains("CREATE TRIGGER") && sql.contains("AFTER DELETE") ? idle(sql) : sql, parameters)
      }, isOfGuards: true),
    Mutant(
      name: "guards keep a room from being purged",
      rewrite: { sql, parameters in
        (sql.contains("CREATE TRIGGER") && sql.contains("_parent_") ? idle(sql) : sql, parameters)
      }, isOfGuards: true),
    Mutant(name: "the fence ignores who runs", isOfGuards: true, announces: false),
    Mutant(name: "the fence waits for the dead", isOfGuards: true, keepsLocksOfTheDead: true),
    Mutant(name: "the purge misses rows that have lost their source") { sql, parameters in
      sql.contains("sliding_sync_") && sql.contains(" d WHERE NOT EXISTS") ? nil : (sql, parameters)
    },
    Mutant(name: "an update does not wait for the one that it depends on") { sql, parameters in
      if sql.hasPrefix("INSERT INTO background_updates"), parameters.count == 4 {
        return (sql, [parameters[0], parameters[1], .null, parameters[3]])
      }
      return (
        sql.replacing(
          #/,\s*'sliding_sync_prefill_joined_rooms_to_recalculate_table_bg_update'\s*\);/#, with: ", NULL);"),
        parameters
      )
    },
    Mutant(name: "the completion takes queued updates for complete", ignoresCompletion: true),
  ]

  /// A guard's trigger that is there and never does anything: one that is missing is found by the next start.
  private static func idle(_ trigger: String) -> String {
    trigger.replacing("\nWHEN (", with: "\nWHEN (FALSE AND ", maxReplacements: 1)
      .replacing("\nWHEN NOT EXISTS", with: "\nWHEN FALSE AND NOT EXISTS", maxReplacements: 1)
  }

  private static func isPurge(_ sql: String) -> Bool {
    sql.hasPrefix("DELETE FROM \"sliding_sync_") && sql.contains(" IN (")
  }

  private static func isRequeue(_ sql: String) -> Bool {
    sql.hasPrefix("INSERT INTO \"sliding_sync_joined_rooms_to_recalculate\"")
      && sql.contains("SELECT DISTINCT")
  }

  private static func movedOn(_ progress: String) -> String {
    progress.replacing(#/("last_event_stream_ordering":)(\d+)/#) {
      "\($0.output.1)\((Int64($0.output.2) ?? 0) + 1)"
    }
  }
}
