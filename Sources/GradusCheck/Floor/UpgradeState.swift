/// How far the background updates of an upgraded database are while an older version still uses it.
package enum UpgradeState: String, Sendable, Hashable, CaseIterable {
  /// The deltas are applied; no update has run.
  case pending = "updates pending"
  /// Each update has run its first batch.
  case partial = "updates part done"
  /// All updates are complete, constraints validated.
  case complete = "updates complete"
}
