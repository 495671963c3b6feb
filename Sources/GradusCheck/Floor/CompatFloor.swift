package import Gradus
package import GradusSQL

/// The oldest version that still works on a version's schema, as its queries show.
package struct CompatFloor: Sendable {
  /// The version whose schema was tried.
  package var version: Int
  /// The compat version that the ledger gives it.
  package var declared: Int
  /// The oldest version that works, with all between it and `version`.
  package var floor: Int
  /// The version's own queries that do not work on its schema: no version is a floor then.
  package var ownBreakages: [Breakage]
  /// What the declared compat version could be lowered to, as no version before shuts it out; nil where to nothing.
  package var lowest: Int?
  /// Why the version below the floor does not work; empty where no queries of one are known.
  package var breakages: [Breakage]
  /// What still works, but is read otherwise than before.
  package var warnings: [Breakage]
  /// A gradual migration that shuts older versions out, whatever their queries.
  package var migration: String?
  /// Admitted versions that have committed no queries, or whose schema cannot be made.
  package var unknown: [Int]
  /// The version up to which deltas are squashed: schemas of those before it cannot be made. Nil where none are.
  package var upgradesFrom: Int?
  /// What could not be tried as it should: tables without rows, upgrades that fail on rows.
  package var notes: [String]

  /// A query of an older version that works no more.
  package struct Breakage: Sendable, Hashable {
    /// The version whose query it is.
    package var version: Int
    /// The query.
    package var query: ApplicationQuery
    /// The engine on which it fails.
    package var engine: Engine
    /// How far updates were.
    package var state: UpgradeState
    /// What happens.
    package var message: String
    /// What did it; nil where that is not known.
    package var cause: Cause?
  }

  /// The statement that breaks a query.
  package struct Cause: Sendable, Hashable {
    /// What it changes.
    package var change: String
    /// The delta.
    package var file: String
    /// Where in it.
    package var position: SourcePosition
    /// The statement.
    package var statement: String
  }
}

extension CompatFloor {
  /// What the trials say. Pure.
  ///
  /// - Parameters:
  ///   - version: the version whose schema was tried.
  ///   - ledger: the ledger.
  ///   - checked: the versions whose queries were tried.
  ///   - breakages: what works no more.
  package init(
    version: Int, ledger: Ledger, checked: Set<Int>, breakages: [Breakage], warnings: [Breakage],
    notes: [String] = []
  ) {
    self.version = version
    declared = ledger.versions[version]?.compatVersion ?? ledger.compatVersion
    self.warnings = warnings
    self.notes = notes
    upgradesFrom = ledger.upgradesFrom
    let older = ledger.versions.keys.filter { $0 <= version }.sorted(by: >)
    unknown = older.filter { [declared] in $0 >= declared && !checked.contains($0) }.sorted()
    let bound = ledger.gradualMigrations.filter { ($0.completes ?? .max) <= version }.max {
      $0.starts < $1.starts
    }
    ownBreakages = breakages.filter { $0.version == version }
    var floor = version
    for candidate in older where candidate < version {
      guard checked.contains(candidate), !breakages.contains(where: { $0.version == candidate }),
        candidate >= bound?.starts ?? .min
      else { break }
      floor = candidate
    }
    self.floor = floor
    // What an earlier version shuts out stays shut out.
    let earlier = ledger.versions.filter { $0.key < version }.values.map(\.compatVersion).max() ?? .min
    lowest = older.last { [declared] in $0 >= max(floor, earlier) && $0 < declared }
    let next = older.first { $0 < floor }
    self.breakages = breakages.filter { $0.version == next }
    migration = bound.flatMap { bound in next.map { $0 < bound.starts } == true ? bound.name : nil }
  }
}
