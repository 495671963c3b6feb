/// What becomes of a `VersionPresence`.
public enum PresenceEvent: Sendable {
  /// The connection or file that said that this process runs is gone, and a migration does not see it until `restored`.
  case lost(reason: String)
  /// The version has been announced again, and is still admitted.
  case restored
  /// Meanwhile the version was shut out: the process must stop working on the database.
  case refused(GradusError)
}
