package import GradusSQL

extension Error {
  /// The database's error that this one is, or that caused it.
  package var sqlError: SQLError? {
    self as? SQLError ?? (self as? ScriptError)?.error ?? (self as? GradusError)?.cause
  }
}
