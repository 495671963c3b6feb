/// What a lock between processes that run different versions says.
enum LiveKind: String, Sendable {
  /// A process of this version runs.
  case live
  /// The compat version is about to rise to this one: no process of an older version may start.
  case fence
}
