/// What a physical database says about itself, read before planning.
package struct DatabaseState: Sendable, Hashable {
  /// The version row; nil where the database is new.
  package var version: Version?
  /// The compat version; nil where none has been written.
  package var compatVersion: Int?
  /// The recorded names (`87/01_x.sql`) of applied deltas: of the current version and above, or, for who looks back, of
  /// all that the tree has deltas of.
  package var appliedDeltas: Set<String>
  /// The queue of background updates.
  package var queue: [QueuedUpdate]
  /// The updates that are certified complete; read for who looks back.
  package var certifiedUpdates: Set<String>
  /// The gradual migrations that are certified complete.
  package var completedMigrations: Set<String>
  /// The gradual migrations whose guards are installed.
  package var guards: [String: InstalledGuards]
  /// For each of those with triggers that are gone or switched off: the tables that these were on.
  package var lostGuards: [String: Set<String>]
  /// Deltas outside a transaction that were started and not recorded.
  package var attempts: [DeltaAttempt]
  /// For each staleness rule's table that exists: how far it and its source are.
  package var staleness: [String: Staleness]
  /// For each staleness rule's table whose rule cannot be read: why. It names what is not there, or its positions are no
  /// whole numbers.
  package var unreadableRules: [String: String]
  /// The derived tables for which a purge has remembered how far it has seen the source.
  package var watermarkedTables: Set<String>
  /// The updates that nobody has queued, although guards have left marks for them, or keys in their queue tables: another
  /// program, or an operator, has taken them off the queue.
  package var abandonedUpdates: Set<String> = []
  /// Whether all bookkeeping tables exist.
  package var hasBookkeeping: Bool
  /// Whether any table exists at all.
  package var hasTables: Bool

  /// The row of `schema_version`.
  package struct Version: Sendable, Hashable {
    /// The number.
    package var number: Int
    /// Whether deltas brought the database here, rather than a full schema of just this version.
    package var isUpgraded: Bool

    /// - Parameters:
    ///   - number: the number.
    ///   - isUpgraded: whether deltas brought the database here.
    package init(_ number: Int, isUpgraded: Bool) {
      self.number = number
      self.isUpgraded = isUpgraded
    }
  }

  /// The guards of a gradual migration, as they were made.
  package struct InstalledGuards: Sendable, Hashable {
    /// The checksum of their triggers.
    package var checksum: String
    /// The version that made them.
    package var version: Int
  }

  /// A delta outside a transaction that did not get to its record.
  package struct DeltaAttempt: Sendable, Hashable {
    /// The recorded name.
    package var file: String
    /// When it started, in milliseconds since 1970.
    package var startedAt: Int64
    /// Who started it.
    package var startedBy: String

    /// - Parameters:
    ///   - file: the recorded name.
    ///   - startedAt: when it started, in milliseconds since 1970.
    ///   - startedBy: who started it.
    package init(file: String, startedAt: Int64, startedBy: String) {
      self.file = file
      self.startedAt = startedAt
      self.startedBy = startedBy
    }
  }

  /// How far a derived table and its source are.
  package struct Staleness: Sendable, Hashable {
    /// The newest position in the derived table; nil where it is empty.
    package var derived: Int64?
    /// The position up to which a purge has seen the source.
    package var watermark: Int64?
    /// The newest position in the source; nil where it is empty.
    package var source: Int64?
    /// Whether there are rows that an empty derived table would have to reflect; looked for only where nothing is trusted.
    package var hasRowsToDerive: Bool

    /// - Parameters:
    ///   - derived: the newest position in the derived table.
    ///   - watermark: the position up to which a purge has seen the source.
    ///   - source: the newest position in the source.
    ///   - hasRowsToDerive: whether there are rows that an empty derived table would have to reflect.
    package init(derived: Int64?, watermark: Int64?, source: Int64?, hasRowsToDerive: Bool) {
      self.derived = derived
      self.watermark = watermark
      self.source = source
      self.hasRowsToDerive = hasRowsToDerive
    }

    /// What the source has past this position is stale; nil where the derived table is empty and no purge has looked
    /// at its source.
    package var trustedPosition: Int64? { [derived, watermark].compactMap(\.self).max() }

    /// Whether the source has moved past what the derived table reflects.
    package var isStale: Bool {
      guard let trustedPosition, let source else { return false }
      return source > trustedPosition
    }

    /// Whether no purge has looked at the derived rows yet, or an older version has run since one did.
    package var isUnseen: Bool { derived != nil && watermark == nil }
  }

  /// - Parameters:
  ///   - version: the version row.
  ///   - compatVersion: the compat version.
  ///   - appliedDeltas: the recorded names of applied deltas.
  ///   - queue: the queue of background updates.
  ///   - certifiedUpdates: the updates that are certified complete.
  ///   - completedMigrations: the certified gradual migrations.
  ///   - guards: the installed guards.
  ///   - lostGuards: the tables whose triggers are gone.
  ///   - attempts: deltas that were started and not recorded.
  ///   - staleness: how far derived tables are.
  ///   - unreadableRules: why rules cannot be read.
  ///   - watermarkedTables: the derived tables whose source a purge has seen.
  ///   - hasBookkeeping: whether all bookkeeping tables exist.
  ///   - hasTables: whether any table exists.
  package init(
    version: Version? = nil, compatVersion: Int? = nil, appliedDeltas: Set<String> = [],
    queue: [QueuedUpdate] = [], certifiedUpdates: Set<String> = [],
    completedMigrations: Set<String> = [], guards: [String: InstalledGuards] = [:],
    lostGuards: [String: Set<String>] = [:], attempts: [DeltaAttempt] = [],
    staleness: [String: Staleness] = [:], unreadableRules: [String: String] = [:],
    watermarkedTables: Set<String> = [],
    hasBookkeeping: Bool = true, hasTables: Bool = true
  ) {
    self.version = version
    self.compatVersion = compatVersion
    self.appliedDeltas = appliedDeltas
    self.queue = queue
    self.certifiedUpdates = certifiedUpdates
    self.completedMigrations = completedMigrations
    self.guards = guards
    self.lostGuards = lostGuards
    self.attempts = attempts
    self.staleness = staleness
    self.unreadableRules = unreadableRules
    self.watermarkedTables = watermarkedTables
    self.hasBookkeeping = hasBookkeeping
    self.hasTables = hasTables
  }

  /// A database without any table.
  package static let empty = DatabaseState(hasBookkeeping: false, hasTables: false)
}
